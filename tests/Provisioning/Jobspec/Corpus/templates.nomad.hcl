job "given" {
  vault {
    policies = ["read"]
  }

  secret "license" {
    provider = "nomad"
    path     = "licenses/x"
  }

  group "g" {
    consul {
      namespace = "team"
      cluster   = "default"
      partition = "p"
    }

    task "first" {
      driver = "exec"
      config {
        command = "x"
      }

      lifecycle {
        hook    = "prestart"
        sidecar = true
      }

      artifact {
        source      = "https://example.com/a.tar.gz"
        destination = "local/a"
        mode        = "any"
        insecure    = false
        chown       = true
        options {
          checksum = "sha256:00"
        }
        headers {
          X-Token = "t"
        }
      }

      template {
        destination = "local/app.conf"
        change_mode = "script"
        data        = <<-DATA
          {{ range service "db" }}
          server {{ .Address }}:{{ .Port }}
          {{ end }}
          key = {{ with secret "x" }}{{ .Data.k }}{{ end }}
        DATA

        change_script {
          command = "/bin/reload"
          args    = ["-f"]
        }
        wait {
          min = "5s"
          max = "60s"
        }
      }
      template {
        source               = "local/in.tpl"
        destination          = "secrets/env"
        env                  = true
        change_mode          = "signal"
        change_signal        = "SIGHUP"
        once                 = true
        splay                = "0s"
        perms                = "600"
        uid                  = 1000
        gid                  = 1000
        left_delimiter       = "[["
        right_delimiter      = "]]"
        error_on_missing_key = true
      }
      identity {
        env  = true
        file = true
      }
      identity {
        name          = "other"
        aud           = ["x"]
        change_mode   = "signal"
        change_signal = "SIGHUP"
        ttl           = "2h"
      }
      action "flush" {
        command = "/bin/flush"
        args    = ["--all"]
      }
      schedule {
        cron {
          start    = "0 8 * * *"
          end      = "0 18 * * *"
          timezone = "UTC"
        }
      }
    }

    task "second" {
      driver = "exec"
      kind   = "connect-proxy:x"
      vault {
        role                   = "writer"
        change_mode            = "noop"
        env                    = false
        allow_token_expiration = true
      }
      consul {}
      secret "own" {
        provider = "vault"
        path     = "kv/own"
        config {
          engine = "kv_v2"
        }
        env {
          A = "b"
        }
      }
      csi_plugin {
        id             = "ebs"
        type           = "node"
        mount_dir      = "/csi"
        health_timeout = "30s"
      }
    }
  }
}
