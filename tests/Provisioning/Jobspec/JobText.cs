using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobspec;

namespace Saas.Provisioning.Tests.Jobspec;

/// <summary>Job files as a test writes them.</summary>
internal static class JobText
{
    public static Job Read(string text, string? variables = null)
    {
        var result = JobFile.Read(text, variables);
        Assert.True(result.Job is not null, string.Join('\n', result.Faults));
        return result.Job!;
    }

    public static IReadOnlyList<string> Faults(string text, string? variables = null)
    {
        var result = JobFile.Read(text, variables);
        Assert.Null(result.Job);
        return [.. result.Faults.Select(fault => fault.ToString())];
    }

    /// <summary>The one fault.</summary>
    public static string Fault(string text, string? variables = null) => Assert.Single(Faults(text, variables));

    /// <summary>What a job says: its JSON without what it leaves open.</summary>
    public static JsonNode Json(Job job) => Given(JsonSerializer.SerializeToNode(job, ProvisioningJson.Default.Job)!)!;

    private static JsonNode? Given(JsonNode? node) => node switch
    {
        JsonObject members => new JsonObject(members.Where(member => member.Value is not null).Select(member => KeyValuePair.Create(member.Key, Given(member.Value)))),
        JsonArray items => new JsonArray([.. items.Select(Given)]),
        null => null,
        _ => node.DeepClone(),
    };
}
