job "nightly" {
  type = "batch"

  periodic {
    crons            = ["0 2 * * *", "0 14 * * 6"]
    prohibit_overlap = true
    time_zone        = "Europe/Berlin"
    enabled          = true
  }

  task "run" {
    driver = "exec"
    config {
      command = "/bin/true"
    }
  }
}
