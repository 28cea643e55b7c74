job "report" {
  type = "batch"

  group "work" {
    reschedule {
      attempts = 1
      interval = "24h"
      delay    = "5s"
      delay_function = "constant"
    }
    stop_after_client_disconnect = "10m"
    max_client_disconnect        = "1h"
    prevent_reschedule_on_lost   = true

    task "run" {
      driver = "exec"
      config { command = "/bin/report" }
    }
  }
}
