# Once a year, and when it is forced.
job "tick" {
  type = "batch"

  periodic {
    crons            = ["0 0 1 1 *"]
    time_zone        = "Europe/Berlin"
    prohibit_overlap = true
  }

  group "main" {
    task "strike" {
      driver = "exec"

      config {
        command = "/bin/sh"
        args    = ["-c", "echo $NOMAD_JOB_PARENT_ID strikes"]
      }

      resources {
        cpu    = 20
        memory = 10
      }
    }
  }
}
