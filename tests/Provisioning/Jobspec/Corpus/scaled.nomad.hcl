job "scaled" {
  multiregion {
    strategy {
      max_parallel = 1
      on_failure   = "fail_all"
    }
    region "west" {
      count       = 2
      datacenters = ["w1"]
      node_pool   = "p"
      meta {
        a = "b"
      }
    }
  }

  ui {
    description = "**scaled**"
    link {
      label = "docs"
      url   = "https://example.com"
    }
  }

  group "g" {
    scaling {
      enabled = true
      min     = 1
      max     = 10

      policy {
        cooldown = "1m"
        check "load" {
          source = "prometheus"
          query  = "avg(x)"
          strategy "target-value" {
            target = 80.5
          }
        }
      }
    }

    task "t" {
      driver = "exec"
      scaling "cpu" {
        max = 20
      }
      scaling "mem" {
        min = 10
        max = 15
      }
    }
  }
}
