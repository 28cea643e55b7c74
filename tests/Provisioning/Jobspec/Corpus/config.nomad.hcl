# What a driver's config becomes: blocks and objects are lists of objects.
job "free" {
  group "g" {
    task "container" {
      driver = "docker"
      config {
        image      = "redis:7"
        ports      = ["db"]
        privileged = false
        cpu_hard   = 1.5
        memory     = 1e3
        nothing    = null
        labels = {
          a = "b"
          n = 3
        }
        mount {
          type   = "bind"
          source = "local"
          volume_options {
            driver_config {
              name = "x"
            }
          }
        }
        mount {
          type = "tmpfs"
        }
        logging {
          type = "journald"
          config {
            tag = "${NOMAD_TASK_NAME}"
          }
        }
        sysctl = [{ "net.core.somaxconn" = "16384" }]
        dynamic "devices" {
          for_each = ["a", "b"]
          iterator = device
          content {
            host_path = "/dev/${device.value}"
          }
        }
      }
    }

    task "machine" {
      driver = "vm"
      config {
        kernel = "/images/vmlinuz"
        disks {
          path   = "/images/root.qcow2"
          format = "qcow2"
        }
        networks {
          bridge = "br0"
        }
      }
    }
  }
}
