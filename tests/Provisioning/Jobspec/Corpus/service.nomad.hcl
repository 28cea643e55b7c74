# A service with all that says how it is kept running.
job "shop" {
  name        = "Shop"
  type        = "service"
  region      = "eu"
  namespace   = "sales"
  priority    = 70
  datacenters = ["plant", "yard-*"]
  node_pool   = "fast"
  all_at_once = false

  update {
    stagger           = "30s"
    max_parallel      = 2
    health_check      = "checks"
    min_healthy_time  = "15s"
    healthy_deadline  = "5m"
    progress_deadline = "10m30s"
    canary            = 1
    auto_revert       = true
    auto_promote      = false
  }

  migrate {
    max_parallel     = 1
    health_check     = "task_states"
    min_healthy_time = "10s"
    healthy_deadline = "1h"
  }

  reschedule {
    delay          = "30s"
    delay_function = "exponential"
    max_delay      = "1h"
    unlimited      = true
  }

  meta {
    owner = "sales"
    tries = 3
  }

  group "web" {
    count = 3

    restart {
      attempts         = 2
      interval         = "30m"
      delay            = "15s"
      mode             = "fail"
      render_templates = false
    }

    reschedule {
      attempts  = 5
      interval  = "1h"
      unlimited = false
    }

    update {
      canary = 2
    }

    disconnect {
      lost_after = "6h"
      replace    = false
      reconcile  = "keep_original"
    }

    ephemeral_disk {
      size    = 500
      sticky  = true
      migrate = true
    }

    shutdown_delay   = "5s"
    max_run_duration = "12h"

    meta {
      tier = "front"
    }

    task "server" {
      driver         = "exec"
      user           = "web"
      leader         = true
      kill_timeout   = "20s"
      kill_signal    = "SIGINT"
      shutdown_delay = "1500ms"

      config {
        command = "/usr/bin/server"
        args    = ["-port", "${NOMAD_PORT_http}", "-dir", "${NOMAD_TASK_DIR}"]
      }

      env {
        LEVEL = "info"
        PORT  = 8080
        DEBUG = false
      }

      restart {
        attempts = 0
        mode     = "delay"
      }
    }
  }
}
