using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Jobs;

/// <summary>Each a clear problem, and no trace left.</summary>
public sealed class BadJobTests(BadJobTests.Host host) : IClassFixture<BadJobTests.Host>
{
    /// <summary>What is wrong, the part of a good job that is replaced, by what, and what the problem must name.</summary>
    public static TheoryData<string, string, string, string> Faults => new()
    {
        { "malformed", "{\"Job\":", "{\"Job\":{", "" },
        { "unknown member of the envelope", "{\"Job\":", "{\"Surprise\":1,\"Job\":", "Surprise" },
        { "unknown member of the job", "\"ID\":", "\"Surprise\":1,\"ID\":", "Surprise" },
        { "unknown member of a task", "\"Driver\":", "\"Surprise\":1,\"Driver\":", "Surprise" },
        { "member twice", "\"ID\":\"web\"", "\"ID\":\"web\",\"ID\":\"web\"", "ID" },
        { "wrong type", "\"Count\":1", "\"Count\":\"one\"", "Count" },
        { "fraction", "\"Count\":1", "\"Count\":1.5", "Count" },
        { "no job", "\"ID\":\"web\"", "\"Name\":\"web\"", "ID" },
        { "id with white space", "\"ID\":\"web\"", "\"ID\":\"we b\"", "ID" },
        { "id with a lone surrogate", "\"ID\":\"web\"", "\"ID\":\"we\\ud800b\"", "ID" },
        { "id too long", "\"ID\":\"web\"", $"\"ID\":\"{new string('x', 129)}\"", "ID" },
        { "id too long in UTF-8", "\"ID\":\"web\"", $"\"ID\":\"{new string('漢', 100)}\"", "UTF-8" },
        { "unknown job type", "\"ID\":", "\"Type\":\"core\",\"ID\":", "service, batch, system or sysbatch" },
        { "priority", "\"ID\":", "\"Priority\":101,\"ID\":", "1 to 100" },
        { "negative count", "\"Count\":1", "\"Count\":-1", "0 to 10000" },
        { "huge count", "\"Count\":1", "\"Count\":10001", "0 to 10000" },
        { "negative CPU", "\"CPU\":500", "\"CPU\":-500", "MHz" },
        { "zero CPU", "\"CPU\":500", "\"CPU\":0", "MHz" },
        { "huge CPU", "\"CPU\":500", "\"CPU\":1000001", "MHz" },
        { "CPU beyond an int", "\"CPU\":500", "\"CPU\":99999999999", "CPU" },
        { "cores and CPU", "\"CPU\":500", "\"CPU\":500,\"Cores\":2", "not for both" },
        { "negative cores", "\"CPU\":500", "\"Cores\":-2", "Cores" },
        { "little memory", "\"MemoryMB\":256", "\"MemoryMB\":9", "MiB" },
        { "huge memory", "\"MemoryMB\":256", "\"MemoryMB\":4194305", "MiB" },
        { "unknown driver", "\"Driver\":\"exec\"", "\"Driver\":\"java\"", "one of exec, raw_exec, vm, qemu" },
        { "no groups", "\"TaskGroups\":[", "\"TaskGroups\":[],\"Meta\":{},\"Constraints\":[", "" },
        { "null group", "\"TaskGroups\":[", "\"TaskGroups\":[null,", "null came" },
        { "null task", "\"Tasks\":[", "\"Tasks\":[null,", "null came" },
        { "task name is a path", "\"Name\":\"server\"", "\"Name\":\"../up\"", "folder" },
        { "kill timeout", "\"Driver\":", "\"KillTimeout\":3600000000001,\"Driver\":", "1 hour" },
        { "shutdown delay of a task", "\"Driver\":", "\"ShutdownDelay\":3600000000001,\"Driver\":", "1 hour" },
        { "negative shutdown delay of a group", "\"Count\":1", "\"ShutdownDelay\":-1", "1 hour" },
        { "kill signal", "\"Driver\":", "\"KillSignal\":\"SIGBOGUS\",\"Driver\":", "SIGTERM" },
        { "null in env", "\"Driver\":", "\"Env\":{\"A\":null},\"Driver\":", "'A'" },
        { "env key", "\"Driver\":", "\"Env\":{\"A=B\":\"1\"},\"Driver\":", "A=B" },
        { "no command", "\"command\":\"/bin/sleep\",", "", "command" },
        { "unknown key of the config", "\"command\":", "\"image\":\"redis\",\"command\":", "image" },
        { "wrong type in the config", "\"args\":[\"1000\"]", "\"args\":\"1000\"", "args" },
        { "vm with nothing to boot", "\"Driver\":\"exec\",\"Config\":{\"command\":\"/bin/sleep\",\"args\":[\"1000\"]}", "\"Driver\":\"vm\",\"Config\":{}", "kernel or at least one disk" },
        { "vm with a relative kernel", "\"Driver\":\"exec\",\"Config\":{\"command\":\"/bin/sleep\",\"args\":[\"1000\"]}", "\"Driver\":\"vm\",\"Config\":{\"kernel\":\"vmlinuz\"}", "absolute" },
        { "qemu with arguments", "\"Driver\":\"exec\",\"Config\":{\"command\":\"/bin/sleep\",\"args\":[\"1000\"]}", "\"Driver\":\"qemu\",\"Config\":{\"image_path\":\"/srv/disk.img\",\"args\":[\"-nodefaults\"]}", "args" },
        { "qemu with ports", "\"Driver\":\"exec\",\"Config\":{\"command\":\"/bin/sleep\",\"args\":[\"1000\"]}", "\"Driver\":\"qemu\",\"Config\":{\"image_path\":\"/srv/disk.img\",\"port_map\":{\"ssh\":22}}", "port_map" },
        { "qemu with a way out", "\"Driver\":\"exec\",\"Config\":{\"command\":\"/bin/sleep\",\"args\":[\"1000\"]}", "\"Driver\":\"qemu\",\"Config\":{\"image_path\":\"../disk.img\"}", "image_path" },
        { "container without an image", "\"Driver\":\"exec\",\"Config\":{\"command\":\"/bin/sleep\",\"args\":[\"1000\"]}", "\"Driver\":\"docker\",\"Config\":{\"command\":\"/bin/sleep\"}", "image" },
        { "unknown operand", "\"Driver\":", "\"Constraints\":[{\"LTarget\":\"${attr.kernel.name}\",\"Operand\":\"~\",\"RTarget\":\"x\"}],\"Driver\":", "no operand" },
        { "unknown target", "\"Driver\":", "\"Constraints\":[{\"LTarget\":\"${nod.id}\",\"RTarget\":\"x\"}],\"Driver\":", "names nothing" },
        { "regular expression", "\"Driver\":", "\"Constraints\":[{\"LTarget\":\"${attr.a}\",\"Operand\":\"regexp\",\"RTarget\":\"(\"}],\"Driver\":", "no regular expression" },
        { "exploding regular expression", "\"Driver\":", "\"Constraints\":[{\"LTarget\":\"${attr.a}\",\"Operand\":\"regexp\",\"RTarget\":\"(((a{1000}){1000}){1000}){1000}\"}],\"Driver\":", "too much repetition" },
        { "version", "\"Driver\":", "\"Constraints\":[{\"LTarget\":\"${attr.a}\",\"Operand\":\"version\",\"RTarget\":\"newest\"}],\"Driver\":", "version constraints" },
        { "restarts that do not fit", "\"Count\":1", "\"RestartPolicy\":{\"Attempts\":10,\"Interval\":5000000000,\"Delay\":1000000000}", "must fit" },
        { "restart mode", "\"Count\":1", "\"RestartPolicy\":{\"Mode\":\"maybe\"}", "fail or delay" },
        { "delay function", "\"Count\":1", "\"ReschedulePolicy\":{\"DelayFunction\":\"random\"}", "fibonacci" },
        { "disk", "\"Count\":1", "\"EphemeralDisk\":{\"SizeMB\":-1}", "MiB" },
        { "nested too deep", "\"command\":", $"\"x\":{new string('[', 60)}{new string(']', 60)},\"command\":", "" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Put_BadJob_IsAProblemThatNamesTheFault(string fault, string part, string by, string named)
    {
        var writes = host.App.Store.Writes;

        var answer = await host.Acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.With(part, by));

        answer.IsProblem(400, "invalid-request");
        Assert.True(answer.Json.GetProperty("errors").GetArrayLength() > 0, fault);
        Assert.Contains(named, System.Text.RegularExpressions.Regex.Unescape(answer.Text), StringComparison.Ordinal);
        Assert.Equal(writes, host.App.Store.Writes);
    }

    [Fact]
    public async Task Put_SeveralFaults_AllAreNamedWithTheirPath()
    {
        var body = JobTexts.With("\"Count\":1", "\"Count\":-1").Replace("500", "-5", StringComparison.Ordinal);

        var answer = (await host.Acme.Client.SendAsync("PUT", "/v1/jobs", body)).IsProblem(400, "invalid-request");

        Assert.Equal(
            ["Job.TaskGroups[0].Count", "Job.TaskGroups[0].Tasks[0].Resources.CPU"],
            answer.Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("field").GetString()!).Order());
    }

    [Fact]
    public async Task Put_GroupsOrTasksOfOneName_AreRefused()
    {
        const string Task = """{"Name":"t","Driver":"exec","Config":{"command":"true"}}""";
        var tasks = "{\"Job\":{\"ID\":\"x\",\"TaskGroups\":[{\"Name\":\"g\",\"Tasks\":[" + Task + "," + Task + "]}]}}";
        var groups = "{\"Job\":{\"ID\":\"x\",\"TaskGroups\":[{\"Name\":\"g\",\"Tasks\":[" + Task + "]},{\"Name\":\"g\",\"Tasks\":[" + Task + "]}]}}";

        foreach (var body in (string[])[tasks, groups])
        {
            Assert.Contains("is named", (await host.Acme.Client.SendAsync("PUT", "/v1/jobs", body)).IsProblem(400, "invalid-request").Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Put_TooMuch_IsRefusedBySize()
    {
        var writes = host.App.Store.Writes;
        var client = host.Acme.Client;
        (await client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(more: $",\"Name\":\"{new string('x', 10_000_000)}\""))).IsProblem(413, "body-too-large");

        foreach (var count in (int[])[65, 30_000]) // the second is more than a megabyte
        {
            var constraints = string.Join(",", Enumerable.Repeat("{\"LTarget\":\"${attr.a}\",\"RTarget\":\"x\"}", count));
            var many = (await client.SendAsync("PUT", "/v1/jobs", JobTexts.Job(more: $",\"Constraints\":[{constraints}]"))).IsProblem(400, "invalid-request");
            Assert.Contains($"At most 64 constraints; {count} came.", many.Text, StringComparison.Ordinal);
        }

        var env = string.Join(",", Enumerable.Range(0, 9).Select(i => $"\"K{i}\":\"{new string('x', 32_000)}\""));
        var large = (await client.SendAsync("PUT", "/v1/jobs", JobTexts.With("\"Driver\":", $"\"Env\":{{{env}}},\"Driver\":"))).IsProblem(400, "invalid-request");
        Assert.Contains("262144 bytes", large.Text, StringComparison.Ordinal);
        Assert.Equal(writes, host.App.Store.Writes);
    }

    [Fact]
    public async Task Put_NotJsonOrNotThisJob_IsRefused()
    {
        using var text = new StringContent("hello");
        using var response = await host.Acme.Client.PutAsync(new Uri("/v1/jobs", UriKind.Relative), text);
        Assert.Equal(400, (int)response.StatusCode); // Nomad reads every body as JSON, whatever it is said to be
        (await host.Acme.Client.SendAsync("PUT", "/v1/jobs", "null")).IsProblem(400, "invalid-request");
        (await host.Acme.Client.SendAsync("PUT", "/v1/jobs", "{}")).IsProblem(400, "invalid-request");
        (await host.Acme.Client.SendAsync("PUT", "/v1/job/other", JobTexts.Job())).IsProblem(400, "invalid-request");
        (await host.Acme.Client.SendAsync("DELETE", "/v1/job/web?purge=maybe")).IsProblem(400, "invalid-request");
    }

    public sealed class Host : IAsyncLifetime
    {
        public ProvisioningHost App { get; private set; } = null!;

        public Customer Acme { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            App = await ProvisioningHost.StartAsync();
            Acme = await App.SignUpAsync("acme");
        }

        public ValueTask DisposeAsync() => App.DisposeAsync();
    }
}
