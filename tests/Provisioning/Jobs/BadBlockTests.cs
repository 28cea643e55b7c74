using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Jobs;

/// <summary>Blocks of the job specification as nobody should write them: each a problem that names its field, and no trace left.</summary>
public sealed class BadBlockTests(BadJobTests.Host host) : IClassFixture<BadJobTests.Host>
{
    private const string Batch = "\"Type\":\"batch\",";
    private const string Group = "Job.TaskGroups[0]";
    private const string Task = Group + ".Tasks[0]";

    /// <summary>What is wrong, members of the job, of its group, of its task, and the field and the words of the problem.</summary>
    public static TheoryData<string, string, string, string, string, string> Faults => new()
    {
        { "pool", "\"NodePool\":\"a b\",", "", "", "Job.NodePool", "letters" },
        { "affinity of weight 0", "\"Affinities\":[{\"LTarget\":\"${node.class}\",\"RTarget\":\"x\",\"Weight\":0}],", "", "", "Job.Affinities[0].Weight", "not 0" },
        { "affinity of weight 101", "", "\"Affinities\":[{\"LTarget\":\"${node.class}\",\"RTarget\":\"x\",\"Weight\":101}],", "", Group + ".Affinities[0].Weight", "100" },
        { "affinity without a value", "", "", "\"Affinities\":[{\"LTarget\":\"${node.class}\"}],", Task + ".Affinities[0]", "RTarget" },
        { "affinity of distinct hosts", "\"Affinities\":[{\"Operand\":\"distinct_hosts\"}],", "", "", "Job.Affinities[0].Operand", "distinct_hosts" },
        { "affinity of a system job", "\"Type\":\"system\",\"Affinities\":[{\"LTarget\":\"${node.class}\",\"RTarget\":\"x\"}],", "", "", "Job.Affinities", "every node" },
        { "spread of a system job", "\"Type\":\"system\",", "\"Spreads\":[{\"Attribute\":\"${node.datacenter}\"}],", "", Group + ".Spreads", "every node" },
        { "spread of weight 0", "\"Spreads\":[{\"Attribute\":\"${node.datacenter}\",\"Weight\":0}],", "", "", "Job.Spreads[0].Weight", "1 to 100" },
        { "spread over nothing", "\"Spreads\":[{}],", "", "", "Job.Spreads[0].Attribute", "datacenter" },
        { "spread beyond the whole", "\"Spreads\":[{\"Attribute\":\"${meta.a}\",\"SpreadTarget\":[{\"Value\":\"a\",\"Percent\":60},{\"Value\":\"b\",\"Percent\":50}]}],", "", "", "Job.Spreads[0].SpreadTarget", "together at most 100" },
        { "spread target twice", "\"Spreads\":[{\"Attribute\":\"${meta.a}\",\"SpreadTarget\":[{\"Value\":\"a\"},{\"Value\":\"a\"}]}],", "", "", "Job.Spreads[0].SpreadTarget", "More than one" },
        { "distinct property without a target", "\"Constraints\":[{\"Operand\":\"distinct_property\"}],", "", "", "Job.Constraints[0]", "LTarget" },
        { "distinct property of none", "\"Constraints\":[{\"LTarget\":\"${meta.a}\",\"Operand\":\"distinct_property\",\"RTarget\":\"0\"}],", "", "", "Job.Constraints[0]", "expected 1" },
        { "distinct hosts on a task", "", "", "\"Constraints\":[{\"Operand\":\"distinct_hosts\"}],", Task + ".Constraints[0]", "group or the job" },
        { "is_set with a value", "\"Constraints\":[{\"LTarget\":\"${meta.a}\",\"Operand\":\"is_set\",\"RTarget\":\"x\"}],", "", "", "Job.Constraints[0]", "no RTarget" },
        { "comparison with nothing", "\"Constraints\":[{\"LTarget\":\"${meta.a}\"}],", "", "", "Job.Constraints[0]", "RTarget" },
        { "update of a batch job", Batch, "\"Update\":{\"MaxParallel\":1},", "", Group + ".Update", "no update block" },
        { "update of the job by a batch job", Batch + "\"Update\":{},", "", "", "Job.Update", "no update block" },
        { "healthy deadline", "\"Update\":{\"MinHealthyTime\":5000000000,\"HealthyDeadline\":5000000000},", "", "", "Job.Update.HealthyDeadline", "MinHealthyTime" },
        { "progress deadline", "", "\"Update\":{\"ProgressDeadline\":1000000000},", "", Group + ".Update.ProgressDeadline", "HealthyDeadline" },
        { "progress deadline merged from both", "\"Update\":{\"HealthyDeadline\":1200000000000},", "\"Update\":{\"Canary\":1},", "", Group + ".Update.ProgressDeadline", "HealthyDeadline" },
        { "more canaries than instances", "", "\"Update\":{\"Canary\":2},", "", Group + ".Update.Canary", "count, 1" },
        { "promotion without canaries", "", "\"Update\":{\"AutoPromote\":true},", "", Group + ".Update.AutoPromote", "canaries" },
        { "health check", "", "\"Update\":{\"HealthCheck\":\"hope\"},", "", Group + ".Update.HealthCheck", "task_states" },
        { "migration of a batch job", Batch, "\"Migrate\":{},", "", Group + ".Migrate", "no migrate block" },
        { "migration by hand", "\"Migrate\":{\"HealthCheck\":\"manual\"},", "", "", "Job.Migrate.HealthCheck", "checks or task_states" },
        { "rescheduling of a system job", "\"Type\":\"system\",\"Reschedule\":{},", "", "", "Job.Reschedule", "its node" },
        { "attempts without end", "", "\"ReschedulePolicy\":{\"Attempts\":1,\"Unlimited\":true},", "", Group + ".ReschedulePolicy.Attempts", "Unlimited" },
        { "longest delay below the first", "", "\"ReschedulePolicy\":{\"Delay\":60000000000,\"MaxDelay\":30000000000},", "", Group + ".ReschedulePolicy.MaxDelay", "Delay" },
        { "two instances of a system job on a node", "\"Type\":\"system\",", "\"Count\":2,", "", Group + ".Count", "0 or 1" },
        { "disconnect beside its forerunner", "", "\"Disconnect\":{},\"MaxClientDisconnect\":1,", "", Group + ".Disconnect", "Not together" },
        { "stopped and lost", "", "\"Disconnect\":{\"LostAfter\":1,\"StopOnClientAfter\":1},", "", Group + ".Disconnect.StopOnClientAfter", "Not together" },
        { "reconcile", "", "\"Disconnect\":{\"Reconcile\":\"both\"},", "", Group + ".Disconnect.Reconcile", "best_score" },
        { "bridge", "", "\"Networks\":[{\"Mode\":\"bridge\"}],", "", Group + ".Networks[0].Mode", "no network of their own" },
        { "two networks", "", "\"Networks\":[{},{}],", "", Group + ".Networks", "At most one" },
        { "port twice", "", "\"Networks\":[{\"DynamicPorts\":[{\"Label\":\"a\"},{\"Label\":\"a\"}]}],", "", Group + ".Networks[0].DynamicPorts[1].Label", "More than one" },
        { "number twice", "", "\"Networks\":[{\"ReservedPorts\":[{\"Label\":\"a\",\"Value\":80},{\"Label\":\"b\",\"Value\":80}]}],", "", Group + ".Networks[0].ReservedPorts[1].Value", "80" },
        { "number of a port", "", "\"Networks\":[{\"ReservedPorts\":[{\"Label\":\"a\",\"Value\":65536}]}],", "", Group + ".Networks[0].ReservedPorts[0].Value", "65535" },
        { "mapped port", "", "\"Networks\":[{\"DynamicPorts\":[{\"Label\":\"a\",\"To\":80}]}],", "", Group + ".Networks[0].DynamicPorts[0].To", "mapped" },
        { "label that is a number", "", "\"Networks\":[{\"DynamicPorts\":[{\"Label\":\"80\"}]}],", "", Group + ".Networks[0].DynamicPorts[0].Label", "letter" },
        { "CSI volume", "", "\"Volumes\":{\"data\":{\"Type\":\"csi\",\"Source\":\"x\"}},", "", Group + ".Volumes['data'].Type", "host" },
        { "volume of nothing", "", "\"Volumes\":{\"data\":{\"Type\":\"host\"}},", "", Group + ".Volumes['data'].Source", "nodes offer it" },
        { "mount", "", "", "\"VolumeMounts\":[{\"Volume\":\"data\",\"Destination\":\"/data\"}],", Task + ".VolumeMounts", "environment" },
        { "memory beyond what is reserved", "", "\"MemoryOversubscription\":true,", "", Group + ".MemoryOversubscription", "setting" },
        { "restarts of a task that do not fit", "", "", "\"RestartPolicy\":{\"Attempts\":9,\"Interval\":5000000000},", Task + ".RestartPolicy.Interval", "must fit" },
        { "mode of a task's restarts", "", "", "\"RestartPolicy\":{\"Mode\":\"maybe\"},", Task + ".RestartPolicy.Mode", "fail or delay" },
        { "templates of a task's restarts", "", "", "\"RestartPolicy\":{\"RenderTemplates\":true},", Task + ".RestartPolicy.RenderTemplates", "Not supported" },
        { "leader", "", "", "\"Leader\":true,", Task + ".Leader", "Not supported" },
        { "template without a destination", "", "", "\"Templates\":[{\"EmbeddedTmpl\":\"x\"}],", Task + ".Templates[0].DestPath", "missing" },
        { "function of a template", "", "", "\"Templates\":[{\"EmbeddedTmpl\":\"a {{ key `b` }}\",\"DestPath\":\"local/x\"}],", Task + ".Templates[0].EmbeddedTmpl", "\"key\"" },
        { "template with other delimiters", "", "", "\"Templates\":[{\"EmbeddedTmpl\":\"<< secret `b` >>\",\"DestPath\":\"local/x\",\"LeftDelim\":\"<<\",\"RightDelim\":\">>\"}],", Task + ".Templates[0].EmbeddedTmpl", "secret" },
        { "template of nothing", "", "", "\"Templates\":[{\"DestPath\":\"local/x\"}],", Task + ".Templates[0].EmbeddedTmpl", "SourcePath" },
        { "template outside its folder", "", "", "\"Templates\":[{\"EmbeddedTmpl\":\"x\",\"DestPath\":\"local/../../x\"}],", Task + ".Templates[0].DestPath", "'..'" },
        { "template from outside its folder", "", "", "\"Templates\":[{\"SourcePath\":\"/etc/passwd\",\"DestPath\":\"local/x\"}],", Task + ".Templates[0].SourcePath", "relative" },
        { "two templates of one file", "", "", "\"Templates\":[{\"EmbeddedTmpl\":\"x\",\"DestPath\":\"a\"},{\"EmbeddedTmpl\":\"y\",\"DestPath\":\"a\"}],", Task + ".Templates[1].DestPath", "More than one" },
        { "permissions of a template", "", "", "\"Templates\":[{\"EmbeddedTmpl\":\"x\",\"DestPath\":\"a\",\"Perms\":\"4755\"}],", Task + ".Templates[0].Perms", "octal" },
        { "owner of a template", "", "", "\"Templates\":[{\"EmbeddedTmpl\":\"x\",\"DestPath\":\"a\",\"Uid\":0}],", Task + ".Templates[0].Uid", "user" },
        { "change of a template", "", "", "\"Templates\":[{\"EmbeddedTmpl\":\"x\",\"DestPath\":\"a\",\"ChangeMode\":\"signal\"}],", Task + ".Templates[0].ChangeSignal", "missing" },
        { "artifact from git", "", "", "\"Artifacts\":[{\"GetterSource\":\"git::https://example.org/x\"}],", Task + ".Artifacts[0].GetterSource", "http and https" },
        { "artifact of a file", "", "", "\"Artifacts\":[{\"GetterSource\":\"file:///etc/passwd\"}],", Task + ".Artifacts[0].GetterSource", "http and https" },
        { "artifact with a user", "", "", "\"Artifacts\":[{\"GetterSource\":\"https://a:b@example.org/x\"}],", Task + ".Artifacts[0].GetterSource", "GetterHeaders" },
        { "artifact outside its folder", "", "", "\"Artifacts\":[{\"GetterSource\":\"https://example.org/x\",\"RelativeDest\":\"../x\"}],", Task + ".Artifacts[0].RelativeDest", "'..'" },
        { "mode of an artifact", "", "", "\"Artifacts\":[{\"GetterSource\":\"https://example.org/x\",\"GetterMode\":\"all\"}],", Task + ".Artifacts[0].GetterMode", "any, file or dir" },
        { "checksum", "", "", "\"Artifacts\":[{\"GetterSource\":\"https://example.org/x\",\"GetterOptions\":{\"checksum\":\"sha256:12\"}}],", Task + ".Artifacts[0].GetterOptions['checksum']", "hexadecimal" },
        { "option of git", "", "", "\"Artifacts\":[{\"GetterSource\":\"https://example.org/x\",\"GetterOptions\":{\"depth\":\"1\"}}],", Task + ".Artifacts[0].GetterOptions['depth']", "Not supported" },
        { "header with a line break", "", "", "\"Artifacts\":[{\"GetterSource\":\"https://example.org/x\",\"GetterHeaders\":{\"a\":\"b\\nc\"}}],", Task + ".Artifacts[0].GetterHeaders", "line breaks" },
        { "artifact without certificates", "", "", "\"Artifacts\":[{\"GetterSource\":\"https://example.org/x\",\"GetterInsecure\":true}],", Task + ".Artifacts[0].GetterInsecure", "certificates" },
        { "vault", "", "", "\"Vault\":{\"Role\":\"x\"},", Task + ".Vault", "Not supported" },
        { "identity", "", "", "\"Identity\":{\"Name\":\"x\"},", Task + ".Identity", "Not supported" },
        { "payload outside its folder", "", "", "\"DispatchPayload\":{\"File\":\"../x\"},", Task + ".DispatchPayload.File", "'..'" },
        { "periodic service", "\"Periodic\":{\"Spec\":\"* * * * *\"},", "", "", "Job.Periodic", "batch" },
        { "periodic without times", Batch + "\"Periodic\":{},", "", "", "Job.Periodic.Spec", "missing" },
        { "periodic with times twice", Batch + "\"Periodic\":{\"Spec\":\"* * * * *\",\"Specs\":[\"* * * * *\"]},", "", "", "Job.Periodic.Specs", "Not together" },
        { "cron", Batch + "\"Periodic\":{\"Spec\":\"61 * * * *\"},", "", "", "Job.Periodic.Spec", "no cron expression" },
        { "time zone", Batch + "\"Periodic\":{\"Spec\":\"* * * * *\",\"TimeZone\":\"Mars/Olympus\"},", "", "", "Job.Periodic.TimeZone", "IANA" },
        { "periodic and parameterized", Batch + "\"Periodic\":{\"Spec\":\"* * * * *\"},\"ParameterizedJob\":{},", "", "", "Job.ParameterizedJob", "Not together" },
        { "payload rule", Batch + "\"ParameterizedJob\":{\"Payload\":\"maybe\"},", "", "", "Job.ParameterizedJob.Payload", "optional" },
        { "key required and optional", Batch + "\"ParameterizedJob\":{\"MetaRequired\":[\"a\"],\"MetaOptional\":[\"a\"]},", "", "", "Job.ParameterizedJob.MetaOptional", "twice" },
        { "dispatched by submission", Batch + "\"ParameterizedJob\":{},\"Dispatched\":true,", "", "", "Job.Dispatched", "dispatch" },
        { "key of the platform", "\"Meta\":{\"saas.dataclass\":\"x\"},", "", "", "Job.Meta", "saas.data_class" },
        { "placement", "", "\"Meta\":{\"saas.placement\":\"free\"},", "", Group + ".Meta", "cheapest" },
        { "burst into nothing", "\"Meta\":{\"saas.burst\":\"cloud,,\"},", "", "", "Job.Meta", "node pools" },
        { "multiregion", "\"Multiregion\":{\"Regions\":[{}]},", "", "", "Job.Multiregion", "one region" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Put_BadBlock_IsAProblemThatNamesItsField(string fault, string ofJob, string ofGroup, string ofTask, string field, string said)
    {
        var writes = host.App.Store.Writes;

        var answer = (await host.Acme.Client.SendAsync("PUT", "/v1/jobs", Job(ofJob, ofGroup, ofTask))).IsProblem(400, "invalid-request");

        var errors = answer.Json.GetProperty("errors").EnumerateArray().Where(error => error.GetProperty("field").GetString() == field).ToArray();
        Assert.True(errors.Length > 0, $"{fault}: {answer}");
        Assert.Contains(errors, error => error.GetProperty("message").GetString()!.Contains(said, StringComparison.Ordinal));
        Assert.Equal(writes, host.App.Store.Writes);
    }

    [Theory]
    [InlineData("\"NVIDIA//x\"", 1, "Name")]
    [InlineData("\"\"", 1, "Name")]
    [InlineData("\"gpu\"", 0, "Count")]
    [InlineData("\"gpu\"", 129, "Count")]
    public async Task Put_BadDevice_IsNamed(string name, int count, string field)
    {
        var body = JobTexts.With("\"MemoryMB\":256", $"\"MemoryMB\":256,\"Devices\":[{{\"Name\":{name},\"Count\":{count}}}]");

        var answer = (await host.Acme.Client.SendAsync("PUT", "/v1/jobs", body)).IsProblem(400, "invalid-request");

        Assert.Equal($"{Task}.Resources.Devices[0].{field}", answer.Json.GetProperty("errors")[0].GetProperty("field").GetString());
    }

    [Theory]
    [InlineData(255)]
    [InlineData(-2)]
    public async Task Put_MemoryMaxBelowMemory_IsRefused(int most)
    {
        var answer = await host.Acme.Client.SendAsync("PUT", "/v1/jobs", JobTexts.With("\"MemoryMB\":256", $"\"MemoryMB\":256,\"MemoryMaxMB\":{most}"));

        Assert.Contains("MemoryMaxMB", answer.IsProblem(400, "invalid-request").Text, StringComparison.Ordinal);
    }

    private static string Job(string ofJob, string ofGroup, string ofTask) => $$$"""
        {"Job":{{{{ofJob}}}"ID":"faulty","TaskGroups":[{{{{ofGroup}}}"Name":"main","Tasks":[
          {{{{ofTask}}}"Name":"server","Driver":"exec","Config":{"command":"/bin/sleep"}}]}]}}
        """;
}
