job "ports" {
  group "g" {
    network {
      mode     = "host"
      hostname = "web-${NOMAD_ALLOC_INDEX}"

      port "http" {
        static       = 8080
        to           = 8080
        host_network = "public"
      }
      port "admin" {
        to = -1
      }
      port "any" {}
      port "shared" {
        static           = 9000
        ignore_collision = true
      }

      dns {
        servers  = ["10.0.0.1"]
        searches = ["example"]
        options  = ["ndots:2"]
      }
      cni {
        args = {
          "nomad.name" = "x"
        }
      }
    }

    volume "data" {
      type            = "host"
      source          = "disk1"
      read_only       = true
      access_mode     = "single-node-writer"
      attachment_mode = "file-system"
      per_alloc       = false
      sticky          = false
      mount_options {
        fs_type     = "ext4"
        mount_flags = ["noatime"]
      }
    }

    task "t" {
      driver = "exec"
      config {
        command = "x"
      }
      volume_mount {
        volume           = "data"
        destination      = "/data"
        read_only        = true
        propagation_mode = "private"
        selinux_label    = "Z"
      }
    }
  }
}
