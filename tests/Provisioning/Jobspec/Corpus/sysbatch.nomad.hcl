job "cleanup" {
  type = "sysbatch"
  group "all" {
    count = 1
    task "clean" {
      driver = "exec"
      config {
        command = "/bin/sh"
        args    = ["-c", <<-END
          echo "cleaning ${node.unique.name}"
            exit 0
          END
        ]
      }
    }
  }
}
