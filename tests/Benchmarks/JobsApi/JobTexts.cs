using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.Contracts;
using Saas.Contracts.Jobs;

namespace Saas.Benchmarks.JobsApi;

/// <summary>Registrations as clients send them.</summary>
internal static class JobTexts
{
    public static string Register(string id, int groups, int countEach, string version = "1")
    {
        var job = new Job
        {
            ID = id,
            Type = JobTypes.Service,
            Datacenters = ["*"],
            Constraints = [new Constraint { LTarget = "${attr.kernel.name}", Operand = "=", RTarget = "linux" }],
            TaskGroups = [.. Enumerable.Range(0, groups).Select(group => Group($"group-{group}", countEach, version))],
        };
        return new JsonObject { ["Job"] = JsonSerializer.SerializeToNode(job, NomadJson.Default.Job) }.ToJsonString();
    }

    private static TaskGroup Group(string name, int count, string version) => new()
    {
        Name = name,
        Count = count,
        Networks = [new NetworkResource { DynamicPorts = [new Port { Label = "http" }] }],
        Services = [new JobService { Name = "${JOB}-" + name, PortLabel = "http", Tags = ["v" + version] }],
        Tasks =
        [
            new JobTask
            {
                Name = "server",
                Driver = DriverNames.Exec,
                Config = new Dictionary<string, JsonElement>
                {
                    ["command"] = JsonElement.Parse("\"/bin/sleep\""),
                    ["args"] = JsonElement.Parse("[\"1000\"]"),
                },
                Env = new Dictionary<string, string> { ["VERSION"] = version, ["LISTEN"] = "${NOMAD_ADDR_http}" },
                Resources = new Resources { CPU = 20, MemoryMB = 16 },
            },
        ],
    };
}
