using System.Text.Json;
using System.Text.Json.Nodes;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobs;

namespace Saas.Provisioning.Tests.Jobspec;

/// <summary>
/// Files of Corpus and the jobs they are, as Nomad's documentation says of each block. A file that is changed on purpose is written
/// anew with <c>SAAS_UPDATE_CORPUS=1</c>, and the difference is read before it is committed.
/// </summary>
public sealed class CorpusTests
{
    private const string Ending = ".nomad.hcl";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Of what is in Disconnect then.</summary>
    private static readonly string[] OldNames = ["MaxClientDisconnect", "StopAfterClientDisconnect", "PreventRescheduleOnLost"];

    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Jobspec", "Corpus");

    public static TheoryData<string> Cases() =>
        [.. Directory.EnumerateFiles(Folder, "*" + Ending).Select(file => Path.GetFileName(file)[..^Ending.Length]).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_file_is_the_job_beside_it(string name)
    {
        var variables = Path.Combine(Folder, name + ".vars.hcl");
        var job = JobText.Read(File.ReadAllText(Path.Combine(Folder, name + Ending)), File.Exists(variables) ? File.ReadAllText(variables) : null);
        var expected = Path.Combine(Folder, name + ".json");
        if (Environment.GetEnvironmentVariable("SAAS_UPDATE_CORPUS") is "1")
        {
            File.WriteAllText(expected, JobText.Json(job).ToJsonString(Indented) + "\n");
        }

        var wanted = JsonNode.Parse(File.ReadAllText(expected))!;
        Assert.True(JsonNode.DeepEquals(wanted, JobText.Json(job)), JobText.Json(job).ToJsonString(Indented));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Defaults_drop_nothing_of_it(string name)
    {
        var variables = Path.Combine(Folder, name + ".vars.hcl");
        var job = JobText.Read(File.ReadAllText(Path.Combine(Folder, name + Ending)), File.Exists(variables) ? File.ReadAllText(variables) : null);

        var canonical = ParseJob.Canonical(job);

        Assert.Equal(job.Type ?? JobTypes.Service, canonical.Type);
        AssertKept(JobText.Json(job), JobText.Json(canonical), "Job");
    }

    private static void AssertKept(JsonNode before, JsonNode after, string path)
    {
        switch (before)
        {
            case JsonObject members:
                foreach (var (name, value) in members.Where(member => !OldNames.Contains(member.Key) || after["Disconnect"] is null))
                {
                    Assert.True(after[name] is not null, $"{path}.{name} is gone.");
                    AssertKept(value!, after[name]!, $"{path}.{name}");
                }

                break;
            case JsonArray items when after is JsonArray others && others.Count == items.Count:
                for (var i = 0; i < items.Count; i++)
                {
                    AssertKept(items[i]!, after[i]!, $"{path}[{i}]");
                }

                break;
            case JsonValue:
                Assert.True(JsonNode.DeepEquals(before, after), $"{path} was {before} and is {after}.");
                break;
        }
    }
}
