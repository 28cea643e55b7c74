# Whenever it is dispatched.
job "report" {
  type = "batch"

  parameterized {
    payload       = "required"
    meta_required = ["day"]
    meta_optional = ["plant"]
  }

  meta {
    plant = "north"
  }

  group "main" {
    task "print" {
      driver = "exec"

      dispatch_payload {
        file = "orders.txt"
      }

      config {
        command = "/bin/sh"
        args    = ["-c", "cat $NOMAD_TASK_DIR/orders.txt; echo; echo $NOMAD_META_DAY in $NOMAD_META_PLANT"]
      }

      resources {
        cpu    = 20
        memory = 10
      }
    }
  }
}
