using System.Text.Json;
using Saas.Identity.Access;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Jobspec;

/// <summary><c>POST /v1/jobs/parse</c> as Nomad's clients call it.</summary>
public sealed class ParseJobTests : IAsyncLifetime
{
    private const string File =
        """
        variable "n" {
          type    = number
          default = 1
        }

        job "web" {
          group "g" {
            count = var.n
            task "t" {
              driver = "exec"
              config {
                command = "/bin/${NOMAD_TASK_NAME}"
              }
              template {
                data = "x"
              }
            }
          }
        }
        """;

    private ProvisioningHost _host = null!;
    private Customer _customer = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ProvisioningHost.StartAsync();
        _customer = await _host.SignUpAsync("acme");
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    public async Task A_file_is_answered_as_its_job(string method)
    {
        var answer = await ParseAsync(_customer.Client, new { JobHCL = File, Variables = "n = 3", Canonicalize = false }, method);

        Assert.Equal(200, answer.Status);
        var job = answer.Json;
        Assert.Equal("web", job.GetProperty("ID").GetString());
        Assert.Equal(JsonValueKind.Null, job.GetProperty("Type").ValueKind);
        var group = job.GetProperty("TaskGroups")[0];
        Assert.Equal(3, group.GetProperty("Count").GetInt32());
        Assert.Equal("/bin/${NOMAD_TASK_NAME}", group.GetProperty("Tasks")[0].GetProperty("Config").GetProperty("command").GetString());
    }

    [Fact]
    public async Task Canonicalize_fills_in_defaults_and_drops_nothing()
    {
        var job = (await ParseAsync(_customer.Client, new { JobHCL = File, Canonicalize = true })).Json;

        Assert.Equal("service", job.GetProperty("Type").GetString());
        Assert.Equal("global", job.GetProperty("Region").GetString());
        Assert.Equal("default", job.GetProperty("Namespace").GetString());
        Assert.Equal(50, job.GetProperty("Priority").GetInt32());
        var task = job.GetProperty("TaskGroups")[0].GetProperty("Tasks")[0];
        Assert.Equal(100, task.GetProperty("Resources").GetProperty("CPU").GetInt32());
        Assert.Equal("x", task.GetProperty("Templates")[0].GetProperty("EmbeddedTmpl").GetString());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_it_answers_can_be_registered(bool canonicalize)
    {
        var parsed = await ParseAsync(
            _customer.Client, new { JobHCL = "job \"web\" {\n  group \"g\" {\n    task \"t\" {\n      driver = \"exec\"\n      config {\n        command = \"/bin/true\"\n      }\n    }\n  }\n}", Canonicalize = canonicalize });

        var registered = await _customer.Client.SendAsync("POST", "/v1/jobs", $"{{\"Job\":{parsed.Text}}}");
        Assert.True(registered.Status == 200, registered.ToString());
    }

    [Theory]
    [InlineData("""{"JobHCL":""}""", "Job spec is empty")]
    [InlineData("""{}""", "Job spec is empty")]
    [InlineData("""{"JobHCL":"job \"a\" {}","HCLv1":true}""", "HCL version 1 is not supported")]
    [InlineData("""{"JobHCL":"job \"a\" {}","hclv1":true}""", "HCL version 1 is not supported")]
    [InlineData("""{"JobHCL":"job \"a\" {\n  x = 1\n}"}""", "Failed to parse job: input.hcl:2,3-4: Unsupported argument; An argument named \"x\" is not expected here.")]
    [InlineData("""{"JobHCL":"job \"a\" {"}""", "Failed to parse job: input.hcl:1,1-8: Unclosed configuration block")]
    public async Task What_is_no_job_file_is_a_400_with_the_reason(string body, string text)
    {
        _customer.Client.DefaultRequestHeaders.Accept.Clear();
        var answer = await _customer.Client.SendAsync("POST", "/v1/jobs/parse", body);

        Assert.Equal(400, answer.Status);
        Assert.Equal("text/plain", answer.MediaType);
        Assert.StartsWith(text, answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_at_its_limit_is_read_and_one_beyond_it_refused()
    {
        var tail = "job \"a\" {\n  meta {\n    x = \"\"\n  }\n}\n";
        var largest = "#" + new string('é', ((1 << 20) - tail.Length - 2) / 2) + "\n" + tail;

        Assert.Equal(200, (await ParseAsync(_customer.Client, new { JobHCL = largest })).Status);
        Assert.Contains("more than 1048576 bytes", (await ParseAsync(_customer.Client, new { JobHCL = largest + "##########" })).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("developer", 200)]
    [InlineData("operator", 200)]
    [InlineData("auditor", 200)]
    public async Task Who_may_read_or_submit_jobs_may_parse_files(string role, int status)
    {
        using var client = await _host.KeyAsync(_customer, role, role == "developer" ? _customer.ProjectId : null);

        Assert.Equal(status, (await ParseAsync(client, new { JobHCL = File })).Status);
    }

    [Theory]
    [InlineData("jobs:submit", "*", null, 200)]
    [InlineData("jobs:submit", "web", null, 403)] // other files would be read for it, too
    [InlineData("jobs:stop", "*", null, 403)]
    [InlineData("jobs:submit", "*", "jobs:parse", 403)]
    public async Task Who_may_submit_any_job_may_parse_files_unless_denied(string allowed, string jobs, string? denied, int status)
    {
        var statements = new List<PolicyStatement>
        {
            new(PolicyEffect.Allow, [allowed], [ResourceNames.Job(_customer.ProjectId, jobs)]),
        };
        if (denied is not null)
        {
            statements.Add(new PolicyStatement(PolicyEffect.Deny, [denied], ["*"]));
        }

        using var client = await _host.KeyAsync(_customer, "none", change: key => key with { Role = null, Policies = [new AccessPolicy("own", statements)] });

        Assert.Equal(status, (await ParseAsync(client, new { JobHCL = File })).Status);
    }

    [Fact]
    public async Task Strangers_may_not()
    {
        using var client = _host.Client();
        client.DefaultRequestHeaders.Accept.Clear();

        Assert.Equal(403, (await ParseAsync(client, new { JobHCL = File })).Status);
    }

    private static Task<Answer> ParseAsync(HttpClient client, object body, string method = "POST") =>
        client.SendAsync(method, "/v1/jobs/parse", JsonSerializer.Serialize(body));
}
