using System.Text.Json;
using Saas.Contracts;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobs.Defaults;
using Saas.Provisioning.Jobs.Diffs;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Jobs.Diffs;

/// <summary>Differences in the words and the order of Nomad's, whose clients print them.</summary>
public sealed class JobDiffTests
{
    [Fact]
    public void Of_TheSame_IsNone()
    {
        var diff = JobDiffs.Of(Complete(JobTexts.Job()), Complete(JobTexts.Job()));

        Assert.Equal(
            """{"Type":"None","ID":"web","Fields":null,"Objects":null,"TaskGroups":[{"Type":"None","Name":"main","Fields":null,"Objects":null,"Tasks":[{"Type":"None","Name":"server","Fields":null,"Objects":null,"Annotations":null}],"Updates":null}]}""",
            JsonSerializer.Serialize(diff, ProvisioningJson.Default.JobDiff));
    }

    [Fact]
    public void Of_ACount_IsAFieldOfItsGroup()
    {
        var diff = JobDiffs.Of(Complete(JobTexts.Job(count: 1)), Complete(JobTexts.Job(count: 3)));

        Assert.Equal("Edited", diff.Type);
        var group = Assert.Single(diff.TaskGroups!);
        Assert.Equal("Edited", group.Type);
        Assert.Equal(new FieldDiff("Edited", "Count", "1", "3"), Assert.Single(group.Fields!));
        Assert.Equal("None", Assert.Single(group.Tasks!).Type);
    }

    [Fact]
    public void Of_ANewJob_ShowsItsFieldsAsAdded()
    {
        var diff = JobDiffs.Of(null, Complete(JobTexts.Job(more: ",\"Meta\":{\"team\":\"blue\"}")));

        Assert.Equal(("Added", "web"), (diff.Type, diff.ID));
        Assert.Equal(
            ["AllAtOnce", "Dispatched", "Meta[team]", "Name", "Namespace", "NodePool", "Priority", "Region", "Stop", "Type"],
            diff.Fields!.Select(static field => field.Name));
        Assert.All(diff.Fields!, static field => Assert.Equal(("Added", ""), (field.Type, field.Old)));
        Assert.Equal(["Datacenters"], diff.Objects!.Select(static o => o.Name));
        var group = Assert.Single(diff.TaskGroups!);
        Assert.Equal(["Count", "PreventRescheduleOnLost"], group.Fields!.Select(static field => field.Name));
        Assert.Equal(["RestartPolicy", "Migrate", "ReschedulePolicy", "EphemeralDisk", "Update"], group.Objects!.Select(static o => o.Name));
        var task = Assert.Single(group.Tasks!);
        Assert.Equal(["Config", "Resources", "LogConfig"], task.Objects!.Select(static o => o.Name));
        Assert.Equal(["args[0]", "command"], task.Objects![0].Fields!.Select(static field => field.Name));
    }

    [Theory]
    [InlineData("500", "900", "Resources", "CPU")]
    [InlineData("/bin/sleep", "/bin/true", "Config", "command")]
    [InlineData("\"args\":[\"1000\"]", "\"args\":[\"1000\",\"2\"]", "Config", "args[1]")]
    public void Of_ATasksObject_ShowsAllItsFields(string part, string by, string name, string changed)
    {
        var diff = JobDiffs.Of(Complete(JobTexts.Job()), Complete(JobTexts.With(part, by)));

        var task = Assert.Single(Assert.Single(diff.TaskGroups!).Tasks!);
        var found = Assert.Single(task.Objects!);
        Assert.Equal(("Edited", name), (found.Type, found.Name));
        Assert.Equal(changed, Assert.Single(found.Fields!, static field => field.Type != "None").Name);
        Assert.True(found.Fields!.Count > 1);
    }

    [Fact]
    public void Of_RestartsThatATaskGetsOfItsOwn_IsAnObjectAdded()
    {
        var diff = JobDiffs.Of(
            Complete(JobTexts.Job()), Complete(JobTexts.With("\"Driver\":\"exec\",", "\"Driver\":\"exec\",\"RestartPolicy\":{\"Attempts\":7},")));

        var found = Assert.Single(Assert.Single(Assert.Single(diff.TaskGroups!).Tasks!).Objects!);
        Assert.Equal(("Added", "RestartPolicy"), (found.Type, found.Name));
        Assert.Contains(new FieldDiff("Added", "Attempts", "", "7"), found.Fields!);
    }

    [Fact]
    public void Of_AnotherConstraint_IsOneDeletedAndOneAdded()
    {
        var old = Complete(JobTexts.Job(more: ",\"Constraints\":[{\"LTarget\":\"${attr.a}\",\"RTarget\":\"x\",\"Operand\":\"=\"}]"));
        var now = Complete(JobTexts.Job(more: ",\"Constraints\":[{\"LTarget\":\"${attr.a}\",\"RTarget\":\"y\",\"Operand\":\"=\"}]"));

        var diff = JobDiffs.Of(old, now);

        Assert.Equal([("Added", "Constraint"), ("Deleted", "Constraint")], diff.Objects!.Select(static o => (o.Type, o.Name)));
        Assert.Equal(["LTarget", "Operand", "RTarget"], diff.Objects![0].Fields!.Select(static field => field.Name));
    }

    [Fact]
    public void Of_Services_PairsThoseThatHaveMostInCommon()
    {
        static Job With(string services) => Complete(JobTexts.With("\"Count\":1,", $"\"Count\":1,\"Networks\":[{{\"DynamicPorts\":[{{\"Label\":\"http\"}}]}}],\"Services\":[{services}],"));
        var old = With("""{"Name":"a","PortLabel":"http","Tags":["x"]},{"Name":"b","PortLabel":"http"}""");
        var now = With("""{"Name":"b","PortLabel":"http"},{"Name":"a","PortLabel":"http","Tags":["y"]},{"Name":"c"}""");

        var diff = JobDiffs.Of(old, now);

        var services = Assert.Single(diff.TaskGroups!).Objects!.Where(static o => o.Name == "Service").ToArray();
        Assert.Equal(["Edited", "Added"], services.Select(static service => service.Type));
        var tags = Assert.Single(services[0].Objects!, static o => o.Name == "Tags");
        Assert.Equal([("Deleted", "x", ""), ("Added", "", "y")], tags.Fields!.OrderBy(static f => f.New).Select(static f => (f.Type, f.Old, f.New)));
    }

    [Fact]
    public void Of_AnotherPort_IsAnotherNetwork()
    {
        static Job With(string ports) => Complete(JobTexts.With("\"Count\":1,", $"\"Count\":1,\"Networks\":[{{\"DynamicPorts\":[{ports}]}}],"));

        var diff = JobDiffs.Of(With("{\"Label\":\"http\"}"), With("{\"Label\":\"http\"},{\"Label\":\"admin\"}"));

        var networks = Assert.Single(diff.TaskGroups!).Objects!.Where(static o => o.Name == "Network").ToArray();
        Assert.Equal(["Added", "Deleted"], networks.Select(static network => network.Type));
        Assert.Equal(["Dynamic Port", "Dynamic Port"], networks[0].Objects!.Select(static o => o.Name));
    }

    [Theory]
    [InlineData("1000000", "1e+06")]
    [InlineData("123456", "123456")]
    [InlineData("1.5", "1.5")]
    [InlineData("0", "0")]
    [InlineData("0.00001", "1e-05")]
    [InlineData("12345678.5", "1.23456785e+07")]
    [InlineData("null", "nil")]
    [InlineData("true", "true")]
    public void Json_IsPrintedAsGoPrintsIt(string json, string expected)
    {
        using var document = JsonDocument.Parse(json);

        Assert.Equal(expected, new FlatFields().Json("x", document.RootElement)["x"]);
    }

    [Fact]
    public async Task Versions_WithDiffs_TellWhatEachHasChanged()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        for (var count = 1; count <= 3; count++)
        {
            await acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(count: count));
        }

        var answer = await acme.Client.GetJsonAsync("/v1/job/web/versions?diffs=true");

        Assert.Equal([2, 1, 0], answer.GetProperty("Versions").EnumerateArray().Select(static version => version.GetProperty("Version").GetInt32()));
        Assert.Equal(["2>3", "1>2"], answer.GetProperty("Diffs").EnumerateArray().Select(CountOf));
        var compared = await acme.Client.GetJsonAsync("/v1/job/web/versions?diffs=true&diff_version=0");
        Assert.Equal(["1>3", "1>2", ""], compared.GetProperty("Diffs").EnumerateArray().Select(CountOf));
        Assert.Equal(JsonValueKind.Null, (await acme.Client.GetJsonAsync("/v1/job/web/versions")).GetProperty("Diffs").ValueKind);
        Assert.Equal(404, (await acme.Client.SendAsync("GET", "/v1/job/none/versions")).Status);
    }

    private static string CountOf(JsonElement diff)
    {
        var fields = diff.GetProperty("TaskGroups")[0].GetProperty("Fields");
        return fields.ValueKind == JsonValueKind.Null ? "" : $"{fields[0].GetProperty("Old").GetString()}>{fields[0].GetProperty("New").GetString()}";
    }

    private static Job Complete(string text)
    {
        using var document = JsonDocument.Parse(text);
        var job = document.RootElement.GetProperty("Job").Deserialize(NomadJson.Default.Job)!;
        return JobDefaults.Complete(job, "prj_1", "eu");
    }
}
