# Once on every node.
job "sweep" {
  type = "sysbatch"

  group "main" {
    task "clean" {
      driver = "exec"

      config {
        command = "/bin/sh"
        args    = ["-c", "echo swept $NOMAD_JOB_ID"]
      }

      resources {
        cpu    = 20
        memory = 10
      }
    }
  }
}
