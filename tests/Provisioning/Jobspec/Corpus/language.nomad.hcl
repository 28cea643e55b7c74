/* All of the language in one file. */
variable "replicas" {
  type        = number
  default     = 1
  description = "How many."
  validation {
    condition     = var.replicas > 0 && var.replicas < 100
    error_message = "Between 1 and 99."
  }
}

variable "services" {
  type = map(object({ port = number, tags = list(string) }))
}

variables {
  env = "test"
}

locals {
  names  = sort(keys(var.services))
  ports  = { for name, service in var.services : name => service.port if service.port > 0 }
  tagged = { for name, service in var.services : service.tags[0] => name... }
  prefix = "${var.env}-${local.short}"
  short  = substr(sha256("seed"), 0, 4)
}

job "language" {
  datacenters = var.env == "prod" ? ["a", "b"] : ["a"]
  priority    = 10 + max(var.replicas, 20) * 2

  meta = {
    "key.with.dots" = join(",", local.names)
    (local.prefix)  = jsonencode(local.tagged)
    tags            = join(" ", flatten(values(var.services)[*].tags))
    first           = "%{ if var.replicas > 2 }many%{ else }few%{ endif }"
    list            = <<-EOT
      %{ for name, port in local.ports ~}
      ${name}=${port}
      %{ endfor ~}
      end
    EOT
    kept            = "${meta.rack}/$${literal}/%%{literal}"
    bare            = attr.kernel.name
    fallback        = try(var.services.absent.port, "none")
  }

  dynamic "group" {
    for_each = var.services
    iterator = it
    labels   = ["${it.key}-group"]

    content {
      count = var.replicas

      network {
        dynamic "port" {
          for_each = [it.value.port]
          labels   = [it.key]
          content {
            static = port.value
          }
        }
      }

      task "main" {
        driver = "exec"
        config {
          command = "/bin/${it.key}"
          args    = [for tag in it.value.tags : "--tag=${tag}"]
        }
      }
    }
  }
}
