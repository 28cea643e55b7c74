# A virtual machine, under the name that Nomad has for the driver.
variable "kernel" {
  type = string
}

variable "initrd" {
  type = string
}

job "guest" {
  type = "service"

  update {
    health_check     = "task_states"
    min_healthy_time = "1s"
    healthy_deadline = "2m"
  }

  group "main" {
    task "vm" {
      driver       = "qemu"
      kill_timeout = "20s"

      config {
        kernel            = var.kernel
        initrd            = var.initrd
        cmdline           = "console=ttyS0 quiet"
        graceful_shutdown = true
      }

      resources {
        cores  = 1
        memory = 192
      }
    }
  }
}
