replicas = "3"
services = {
  web = { port = 80, tags = ["front", "http"] }
  db  = { port = 5432, tags = ["back"] }
}
