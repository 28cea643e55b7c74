job "meshed" {
  group "web" {
    network {
      mode = "bridge"
      port "http" {
        static = 80
        to     = 8080
      }
    }

    service {
      name = "site"
      port = "8080"

      connect {
        sidecar_service {
          tags                      = ["side"]
          disable_default_tcp_check = true
          proxy {
            local_service_port = 8080
            upstreams {
              destination_name = "database"
              local_bind_port  = 5432
              mesh_gateway {
                mode = "local"
              }
              config {
                connect_timeout_ms = 9999
              }
            }
            expose {
              path {
                path            = "/metrics"
                protocol        = "http"
                local_path_port = 9001
                listener_port   = "metrics"
              }
            }
            transparent_proxy {
              exclude_outbound_ports = [22, 80]
            }
          }
        }
        sidecar_task {
          resources {
            cpu = 50
          }
        }
      }
    }

    service {
      name = "gate"
      connect {
        gateway {
          proxy {
            connect_timeout = "500ms"
            envoy_gateway_bind_addresses "wan" {
              address = "0.0.0.0"
              port    = 443
            }
          }
          ingress {
            tls {
              enabled = true
            }
            listener {
              port     = 443
              protocol = "http"
              service {
                name            = "site"
                hosts           = ["*"]
                max_connections = 100
                request_headers {
                  add {
                    X-From = "gate"
                  }
                  remove = ["Cookie"]
                }
              }
            }
          }
        }
      }
    }
  }
}
