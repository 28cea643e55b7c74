job "watcher" {
  type = "system"

  constraint {
    attribute = "${attr.kernel.name}"
    value     = "linux"
  }

  group "all" {
    task "watch" {
      driver = "exec"
      config {
        command = "watch"
      }
      resources {
        cores      = 1
        memory     = 128
        memory_max = -1
      }
      logs {
        max_files     = 3
        max_file_size = 5
        disabled      = false
      }
    }
  }
}
