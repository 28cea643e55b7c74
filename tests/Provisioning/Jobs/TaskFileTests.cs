using System.Text.Json.Nodes;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Jobs;

/// <summary>Artifacts and templates from a job file to what is stored of them.</summary>
public sealed class TaskFileTests
{
    private const string File =
        """
        job "web" {
          group "g" {
            task "t" {
              driver = "exec"
              config { command = "/bin/true" }
              artifact {
                source = "https://example.org/releases/app-${NOMAD_META_version}.tgz?x=1"
                options { checksum = "md5:d41d8cd98f00b204e9800998ecf8427e" }
                headers { X-Token = "t" }
              }
              artifact {
                source      = "https://example.org/a/b.txt?c=d"
                mode        = "file"
              }
              template {
                data        = "PORT={{ env \"NOMAD_PORT_http\" }}"
                destination = "secrets/app.env"
                env         = true
              }
            }
          }
        }
        """;

    [Fact]
    public async Task AJobFileWithBoth_IsKeptWithNomadsDefaults_AndItsChangesArePlanned()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var job = await ParseAsync(acme, File);
        var registered = await acme.Client.SendAsync("PUT", "/v1/jobs", new JsonObject { ["Job"] = job }.ToJsonString());
        Assert.True(registered.Status == 200, registered.Text);

        var task = JsonNode.Parse((await acme.Client.GetJsonAsync("/v1/job/web")).GetRawText())!["TaskGroups"]![0]!["Tasks"]![0]!;
        var expected = JsonNode.Parse(
            """
            [{"GetterSource":"https://example.org/releases/app-${NOMAD_META_version}.tgz?x=1","GetterOptions":{"checksum":"md5:d41d8cd98f00b204e9800998ecf8427e"},
              "GetterHeaders":{"X-Token":"t"},"GetterMode":"any","GetterInsecure":false,"RelativeDest":"local/","Chown":false},
             {"GetterSource":"https://example.org/a/b.txt?c=d","GetterMode":"file","GetterInsecure":false,"RelativeDest":"local/b.txt","Chown":false}]
            """);
        Assert.True(JsonNode.DeepEquals(expected, Given(task["Artifacts"]!)), task["Artifacts"]!.ToJsonString());
        expected = JsonNode.Parse(
            """
            [{"SourcePath":"","DestPath":"secrets/app.env","EmbeddedTmpl":"PORT={{ env \"NOMAD_PORT_http\" }}","ChangeMode":"restart","ChangeSignal":"","Splay":5000000000,
              "Once":false,"Perms":"0644","LeftDelim":"{{","RightDelim":"}}","Envvars":true,"VaultGrace":0,"ErrMissingKey":false}]
            """);
        Assert.True(JsonNode.DeepEquals(expected, Given(task["Templates"]!)), task["Templates"]!.ToJsonString());

        var again = await acme.Client.SendAsync("PUT", "/v1/jobs", new JsonObject { ["Job"] = await ParseAsync(acme, File) }.ToJsonString());
        Assert.True(again.Status == 200, again.Text);
        Assert.Equal(0, (await acme.Client.GetJsonAsync("/v1/job/web")).GetProperty("Version").GetInt32());
        var changed = await acme.Client.SendAsync(
            "PUT", "/v1/jobs", new JsonObject { ["Job"] = await ParseAsync(acme, File.Replace("PORT=", "HTTP_PORT=", StringComparison.Ordinal)) }.ToJsonString());
        Assert.True(changed.Status == 200, changed.Text);
        var versions = await acme.Client.GetJsonAsync("/v1/job/web/versions?diffs=true");
        var diff = versions.GetProperty("Diffs")[0].GetProperty("TaskGroups")[0].GetProperty("Tasks")[0].GetProperty("Objects")[0];
        Assert.Equal(("Template", "Edited"), (diff.GetProperty("Name").GetString(), diff.GetProperty("Type").GetString()));
    }

    private static async Task<JsonNode> ParseAsync(Customer customer, string file)
    {
        var parsed = await customer.Client.SendAsync("POST", "/v1/jobs/parse", new JsonObject { ["JobHCL"] = file }.ToJsonString());
        Assert.True(parsed.Status == 200, parsed.Text);
        return JsonNode.Parse(parsed.Text)!;
    }

    /// <summary>Without members that are null.</summary>
    private static JsonNode Given(JsonNode list)
    {
        foreach (var item in list.AsArray().OfType<JsonObject>())
        {
            foreach (var name in item.Where(static member => member.Value is null).Select(static member => member.Key).ToList())
            {
                item.Remove(name);
            }
        }

        return list;
    }
}
