# A service that is updated by a canary, spread over the nodes, and moved one by one.
variable "script" {
  type    = string
  default = "trap 'exit 0' TERM; while :; do sleep 0.2; done"
}

variable "colour" {
  type    = string
  default = "green"
}

variable "count" {
  type    = number
  default = 2
}

variable "canary" {
  type    = number
  default = 1
}

job "web" {
  type        = "service"
  datacenters = ["*"]

  constraint {
    attribute = "${attr.kernel.name}"
    value     = "linux"
  }

  spread {
    attribute = "${node.unique.name}"
    weight    = 100
  }

  affinity {
    attribute = "${node.unique.name}"
    value     = "north"
    weight    = 10
  }

  update {
    max_parallel      = 1
    canary            = var.canary
    health_check      = "task_states"
    min_healthy_time  = "1s"
    healthy_deadline  = "30s"
    progress_deadline = "0s"
    auto_revert       = true
  }

  migrate {
    max_parallel     = 1
    health_check     = "task_states"
    min_healthy_time = "1s"
    healthy_deadline = "30s"
  }

  group "main" {
    count = var.count

    restart {
      attempts = 0
      mode     = "fail"
    }

    reschedule {
      delay          = "5s"
      delay_function = "constant"
      unlimited      = true
    }

    task "server" {
      driver = "raw_exec"

      config {
        command = "/bin/sh"
        args    = ["-c", var.script]
      }

      env {
        COLOUR = var.colour
      }

      resources {
        cpu    = 20
        memory = 10
      }
    }
  }
}
