job "convert" {
  type = "batch"

  parameterized {
    payload       = "required"
    meta_required = ["input"]
    meta_optional = ["format"]
  }

  group "g" {
    task "t" {
      driver = "exec"
      config {
        command = "/bin/convert"
        args    = ["${NOMAD_META_input}", "${NOMAD_META_format}", "local/data"]
      }

      dispatch_payload {
        file = "data"
      }
    }
  }
}
