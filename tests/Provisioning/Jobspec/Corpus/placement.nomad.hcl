job "placed" {
  constraint {
    distinct_hosts = true
  }
  constraint {
    operator  = "distinct_property"
    attribute = "${meta.rack}"
    value     = "3"
  }
  constraint {
    attribute = "${attr.cpu.arch}"
    operator  = "!="
    value     = "arm64"
  }
  constraint {
    attribute = "${attr.nomad.version}"
    semver    = ">= 1.7.0, < 2"
  }
  constraint {
    attribute    = "${meta.tags}"
    set_contains = "a,b"
  }
  constraint {
    attribute        = "${meta.tags}"
    set_contains_any = "c,d"
  }
  constraint {
    attribute = "${meta.gpu}"
    operator  = "is_set"
  }

  affinity {
    attribute = "${node.datacenter}"
    value     = "plant"
    weight    = 100
  }
  affinity {
    attribute = "${node.unique.name}"
    regexp    = "^fast-[0-9]+$"
    weight    = -30
  }

  spread {
    attribute = "${node.datacenter}"
    weight    = 80
    target "plant" {
      percent = 70
    }
    target "yard" {
      percent = 30
    }
  }

  group "g" {
    spread {
      attribute = "${meta.rack}"
    }

    task "t" {
      driver = "vm"
      config {}

      resources {
        cpu    = 500
        memory = 256

        device "nvidia/gpu" {
          count = 2
          constraint {
            attribute = "${device.attr.memory}"
            operator  = ">="
            value     = "2 GiB"
          }
          affinity {
            attribute = "${device.model}"
            value     = "T4"
          }
        }

        numa {
          affinity = "require"
          devices  = ["nvidia/gpu"]
        }
      }
    }
  }
}
