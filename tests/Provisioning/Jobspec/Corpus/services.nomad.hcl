job "offered" {
  group "g" {
    network {
      port "http" {}
    }

    service {
      name                = "web-${JOB}"
      port                = "http"
      provider            = "consul"
      cluster             = "default"
      address_mode        = "host"
      address             = "192.0.2.7"
      task                = "t"
      on_update           = "require_healthy"
      enable_tag_override = true
      tags                = ["blue", "v${1 + 1}"]
      canary_tags         = ["canary"]

      meta {
        team = "a"
      }
      canary_meta {
        team = "b"
      }
      tagged_addresses {
        wan = "203.0.113.9"
      }
      weights {
        passing = 10
        warning = 1
      }
      check_restart {
        limit           = 3
        grace           = "90s"
        ignore_warnings = false
      }
      identity {
        aud  = ["consul.io"]
        ttl  = "1h"
        file = true
      }

      check {
        name                     = "alive"
        type                     = "http"
        protocol                 = "https"
        method                   = "POST"
        path                     = "/health?x=1"
        body                     = "{\"check\":\"mem\"}"
        port                     = 8080
        interval                 = "10s"
        timeout                  = "2s"
        initial_status           = "passing"
        notes                    = "see the wall"
        tls_server_name          = "web"
        tls_skip_verify          = true
        success_before_passing   = 3
        failures_before_critical = 2
        failures_before_warning  = 1
        address_mode             = "host"
        on_update                = "require_healthy"

        header {
          Accept        = ["text/plain", "text/html"]
          X-Tenant      = ["a"]
        }
        check_restart {
          limit = 2
        }
      }
      check {
        type         = "grpc"
        grpc_service = "health"
        grpc_use_tls = true
        interval     = "1m"
        timeout      = "5s"
      }
      check {
        type     = "script"
        command  = "/bin/check"
        args     = ["-q"]
        task     = "t"
        interval = 30000000000
        timeout  = "1s"
      }
    }

    task "t" {
      driver = "exec"
      config {
        command = "x"
      }
      service {
        port = 9090
      }
    }
  }
}
