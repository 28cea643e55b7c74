# It fails whenever it runs: once more on its node, then once elsewhere, then no more.
job "sums" {
  type = "batch"

  group "main" {
    restart {
      attempts = 1
      interval = "10m"
      delay    = "1s"
      mode     = "fail"
    }

    reschedule {
      attempts       = 1
      interval       = "1h"
      delay          = "5s"
      delay_function = "constant"
      unlimited      = false
    }

    task "add" {
      driver = "exec"

      config {
        command = "/bin/sh"
        args    = ["-c", "echo no numbers; exit 3"]
      }

      resources {
        cpu    = 20
        memory = 10
      }
    }
  }
}
