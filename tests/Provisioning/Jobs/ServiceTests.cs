using System.Text.Json;
using System.Text.RegularExpressions;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Jobs;

/// <summary>Services that jobs declare: Nomad's names, defaults and refusals.</summary>
public sealed class ServiceTests(ServiceTests.Host host) : IClassFixture<ServiceTests.Host>
{
    private const string Check = """{"Type":"http","Path":"/health","Interval":10000000000,"Timeout":2000000000}""";

    /// <summary>What is wrong, the service, where the problem points, and what it must say.</summary>
    public static TheoryData<string, string, string, string> Faults => new()
    {
        { "null", "null", "", "null came" },
        { "unknown member", """{"Surprise":1}""", ".Surprise", "Unknown field" },
        { "a mesh", """{"Connect":{"SidecarService":{}}}""", ".Connect", "no service mesh" },
        { "restarts by checks", """{"CheckRestart":{"Limit":3}}""", ".CheckRestart", "not restarted by their checks" },
        { "identity", """{"Identity":{"Audience":["consul.io"]}}""", ".Identity", "no identities" },
        { "tagged addresses", """{"TaggedAddresses":{"lan":"10.0.0.1"}}""", ".TaggedAddresses", "one address" },
        { "kind", """{"Kind":"mesh-gateway"}""", ".Kind", "plain" },
        { "provider", """{"Provider":"nomad"}""", ".Provider", "Expected consul" },
        { "cluster", """{"Cluster":"other"}""", ".Cluster", "Expected default" },
        { "on update", """{"OnUpdate":"ignore"}""", ".OnUpdate", "require_healthy" },
        { "name with a dot", """{"Name":"web.api"}""", ".Name", "RFC 1123" },
        { "name that begins with a dash", """{"Name":"-web"}""", ".Name", "RFC 1123" },
        { "name too long when replaced", $$"""{"Name":"{{new string('x', 50)}}-${BASE}"}""", ".Name", "RFC 1123" },
        { "name too long before that", $$"""{"Name":"{{new string('x', 200)}}"}""", ".Name", "At most 128" },
        { "unknown reference in the name", """{"Name":"web-${NODE}"}""", ".Name", "known references are" },
        { "task of a task's service", """{"TaskName":"other"}""", ".TaskName", "leave TaskName out" },
        { "port label", """{"PortLabel":"http"}""", ".PortLabel", "\"8080\"" },
        { "port of zero", """{"PortLabel":"0"}""", ".PortLabel", "1 to 65535" },
        { "port too high", """{"PortLabel":"65536"}""", ".PortLabel", "1 to 65535" },
        { "port as a number", """{"PortLabel":8080}""", ".PortLabel", "Expected text" },
        { "address mode", """{"AddressMode":"driver"}""", ".AddressMode", "auto or host" },
        { "address with another mode", """{"AddressMode":"host","Address":"10.0.0.1"}""", ".AddressMode", "Expected auto" },
        { "address", """{"Address":"10.0.0.1 10.0.0.2"}""", ".Address", "host name" },
        { "empty tag", """{"Tags":[""]}""", ".Tags", "tags" },
        { "null tag", """{"CanaryTags":[null]}""", ".CanaryTags", "tags" },
        { "too many tags", $$"""{"Tags":[{{string.Join(',', Enumerable.Repeat("\"t\"", 65))}}]}""", ".Tags", "At most 64" },
        { "key of the meta", """{"Meta":{"a b":"c"}}""", ".Meta", "letters" },
        { "key of Consul's in the meta", """{"Meta":{"consul-x":"c"}}""", ".Meta", "consul-" },
        { "null in the meta", """{"Meta":{"a":null}}""", ".Meta", "512" },
        { "weights", """{"Weights":{"Passing":0}}""", ".Weights", "from 1" },
        { "null check", """{"Checks":[null]}""", ".Checks[0]", "null came" },
        { "too many checks", $$"""{"Checks":[{{string.Join(',', Enumerable.Repeat("{}", 17))}}]}""", ".Checks", "At most 16" },
        { "check without a type", """{"Checks":[{"Interval":10000000000,"Timeout":1000000000}]}""", ".Checks[0].Type", "http, tcp, grpc or script" },
        { "check of type ttl", """{"Checks":[{"Type":"ttl","Interval":10000000000,"Timeout":1000000000}]}""", ".Checks[0].Type", "http, tcp, grpc or script" },
        { "check without a port", $$"""{"Checks":[{{Check}}]}""", ".Checks[0].PortLabel", "needs a port" },
        { "check of a label", $$"""{"Checks":[{{With("\"PortLabel\":\"http\"")}}]}""", ".Checks[0].PortLabel", "label of a port" },
        { "no interval", """{"PortLabel":"80","Checks":[{"Type":"tcp","Timeout":1000000000}]}""", ".Checks[0].Interval", "nothing came" },
        { "short interval", """{"PortLabel":"80","Checks":[{"Type":"tcp","Interval":999999999,"Timeout":1000000000}]}""", ".Checks[0].Interval", "1 second" },
        { "short timeout", """{"PortLabel":"80","Checks":[{"Type":"tcp","Interval":1000000000,"Timeout":999}]}""", ".Checks[0].Timeout", "1 second" },
        { "no path", """{"PortLabel":"80","Checks":[{"Type":"http","Interval":1000000000,"Timeout":1000000000}]}""", ".Checks[0].Path", "/health" },
        { "path to another host", $$"""{"PortLabel":"80","Checks":[{{With("\"Name\":\"x\"").Replace("/health", "http://metadata/", StringComparison.Ordinal)}}]}""", ".Checks[0].Path", "path of a URL" },
        { "path to another host without a scheme", $$"""{"PortLabel":"80","Checks":[{{Check.Replace("/health", "//metadata/", StringComparison.Ordinal)}}]}""", ".Checks[0].Path", "path of a URL" },
        { "protocol", $$"""{"PortLabel":"80","Checks":[{{With("\"Protocol\":\"ftp\"")}}]}""", ".Checks[0].Protocol", "http or https" },
        { "method", $$"""{"PortLabel":"80","Checks":[{{With("\"Method\":\"G T\"")}}]}""", ".Checks[0].Method", "GET" },
        { "header with a line break", $$"""{"PortLabel":"80","Checks":[{{With("\"Header\":{\"X\":[\"a\\r\\nB: c\"]}")}}]}""", ".Checks[0].Header", "control characters" },
        { "header without values", $$"""{"PortLabel":"80","Checks":[{{With("\"Header\":{\"X\":null}")}}]}""", ".Checks[0].Header", "values" },
        { "initial status", $$"""{"PortLabel":"80","Checks":[{{With("\"InitialStatus\":\"good\"")}}]}""", ".Checks[0].InitialStatus", "passing" },
        { "threshold", $$"""{"PortLabel":"80","Checks":[{{With("\"FailuresBeforeCritical\":-1")}}]}""", ".Checks[0].FailuresBeforeCritical", "0 to 1000" },
        { "address mode of a check", $$"""{"PortLabel":"80","Checks":[{{With("\"AddressMode\":\"auto\"")}}]}""", ".Checks[0].AddressMode", "host or nothing" },
        { "setting of another type", $$"""{"PortLabel":"80","Checks":[{{With("\"Command\":\"/bin/true\"")}}]}""", ".Checks[0].Command", "of type script" },
        { "check that restarts", $$"""{"PortLabel":"80","Checks":[{{With("\"CheckRestart\":{\"Limit\":1}")}}]}""", ".Checks[0].CheckRestart", "keeps running" },
        { "advertised check", $$"""{"PortLabel":"80","Checks":[{{With("\"Advertise\":\"192.0.2.1\"")}}]}""", ".Checks[0].Advertise", "service's address" },
        { "exposed check", $$"""{"PortLabel":"80","Checks":[{{With("\"Expose\":true")}}]}""", ".Checks[0].Expose", "mesh" },
        { "two checks without a name", $$"""{"PortLabel":"80","Checks":[{{Check}},{{Check}}]}""", ".Checks[1].Name", "without a name" },
        { "two checks of one name", $$"""{"PortLabel":"80","Checks":[{{With("\"Name\":\"a\"")}},{{With("\"Name\":\"a\"")}}]}""", ".Checks[1].Name", "is named 'a'" },
        { "script without a command", """{"Checks":[{"Type":"script","Interval":1000000000,"Timeout":1000000000}]}""", ".Checks[0].Command", "a program" },
        { "script with thresholds", """{"Checks":[{"Type":"script","Command":"/bin/true","SuccessBeforePassing":2,"Interval":1000000000,"Timeout":1000000000}]}""", ".Checks[0].SuccessBeforePassing", "Not for" },
        { "script of another task", """{"Checks":[{"Type":"script","Command":"/bin/true","TaskName":"x","Interval":1000000000,"Timeout":1000000000}]}""", ".Checks[0].TaskName", "own task" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Put_BadService_IsAProblemThatNamesItsField(string fault, string service, string field, string said)
    {
        var writes = host.App.Store.Writes;

        var answer = await host.Acme.Client.SendAsync("PUT", "/v1/jobs", OfTask("faulty", service));

        answer.IsProblem(400, "invalid-request");
        var errors = answer.Json.GetProperty("errors").EnumerateArray()
            .ToLookup(error => error.GetProperty("field").GetString()!, error => error.GetProperty("message").GetString()!);
        var path = "Job.TaskGroups[0].Tasks[0].Services[0]" + field;
        Assert.True(errors.Contains(path), $"{fault}: {answer.Text}");
        Assert.Contains(errors[path], message => message.Contains(said, StringComparison.Ordinal));
        Assert.Equal(writes, host.App.Store.Writes);
    }

    [Fact]
    public async Task Put_ServicesLeaveAllOut_AreNamedForJobGroupAndTaskAndGetNomadsDefaults()
    {
        var body = """{"Job":{"ID":"id","Name":"shop","TaskGroups":[{"Name":"front","Services":[{}],"Tasks":[{"Name":"web","Driver":"exec","Config":{"command":"true"},"Services":[{}]}]}]}}""";

        var group = await RegisterAsync("id", body);

        var (ofGroup, ofTask) = (group.GetProperty("Services")[0], group.GetProperty("Tasks")[0].GetProperty("Services")[0]);
        Assert.Equal("shop-front", ofGroup.GetProperty("Name").GetString());
        Assert.Equal("shop-front-web", ofTask.GetProperty("Name").GetString());
        Assert.Equal("web", ofTask.GetProperty("TaskName").GetString());
        Assert.Equal(("consul", "auto", ""), (Text(ofTask, "Provider"), Text(ofTask, "AddressMode"), Text(ofTask, "PortLabel")));
        Assert.Equal(1, ofTask.GetProperty("Weights").GetProperty("Passing").GetInt32());
        Assert.Equal(0, ofTask.GetProperty("Checks").GetArrayLength());
    }

    [Theory]
    [InlineData("${JOB}-${TASKGROUP}-${TASK}", "replaced-main-server")]
    [InlineData("${BASE}", "replaced-main-server")]
    [InlineData("x-${GROUP}", "x-main")]
    [InlineData("${JOB}", "replaced")]
    public async Task Put_NameWithReferences_IsStoredWithTheirValues(string name, string expected)
    {
        var group = await RegisterAsync("replaced", OfTask("replaced", $$"""{"Name":"{{name}}"}"""));
        Assert.Equal(expected, Text(group.GetProperty("Tasks")[0].GetProperty("Services")[0], "Name"));
    }

    [Fact]
    public async Task Put_CheckLeavesAllOutThatItMay_GetsDefaultsOfItsType()
    {
        var group = await RegisterAsync("checked", OfTask("checked", $$"""{"Name":"web","PortLabel":"8080","Checks":[{{Check.Replace("\"http\"", "\"HTTP\"", StringComparison.Ordinal)}}]}"""));

        var check = group.GetProperty("Tasks")[0].GetProperty("Services")[0].GetProperty("Checks")[0];
        Assert.Equal(("service: \"web\" check", "http", "GET", "http"), (Text(check, "Name"), Text(check, "Type"), Text(check, "Method"), Text(check, "Protocol")));
        Assert.Equal("", Text(check, "PortLabel"));
    }

    [Fact]
    public async Task Put_WhatWasRead_IsTheSameVersion()
    {
        await RegisterAsync("again", OfTask("again", $$"""{"Name":"web","PortLabel":"8080","Tags":["a","b"],"Connect":null,"Checks":[{{Check}}]}"""));
        var read = await host.Acme.Client.SendAsync("GET", "/v1/job/again");

        Assert.Equal(200, (await host.Acme.Client.SendAsync("PUT", "/v1/jobs", "{\"Job\":" + read.Text + "}")).Status);

        Assert.Equal(0, (await host.Acme.Client.SendAsync("GET", "/v1/job/again")).Json.GetProperty("Version").GetInt64());
    }

    [Fact]
    public async Task Put_ShutdownDelays_AreStoredAndNoneByDefault()
    {
        var delayed = OfTask("delayed", """{"Name":"web"}""")
            .Replace("\"Count\":1", "\"Count\":1,\"ShutdownDelay\":3000000000", StringComparison.Ordinal)
            .Replace("\"Driver\":", "\"ShutdownDelay\":3600000000000,\"Driver\":", StringComparison.Ordinal);

        var group = await RegisterAsync("delayed", delayed);
        Assert.Equal(3_000_000_000, group.GetProperty("ShutdownDelay").GetInt64());
        Assert.Equal(3_600_000_000_000, group.GetProperty("Tasks")[0].GetProperty("ShutdownDelay").GetInt64());

        group = await RegisterAsync("delayed", OfTask("delayed", """{"Name":"web"}"""));
        Assert.Equal((0, 0), (group.GetProperty("ShutdownDelay").GetInt64(), group.GetProperty("Tasks")[0].GetProperty("ShutdownDelay").GetInt64()));
        Assert.Equal(1, (await host.Acme.Client.SendAsync("GET", "/v1/job/delayed")).Json.GetProperty("Version").GetInt64());
    }

    [Fact]
    public async Task Put_AnotherTag_IsANewVersion()
    {
        await RegisterAsync("tagged", OfTask("tagged", """{"Name":"web","Tags":["a"]}"""));
        await RegisterAsync("tagged", OfTask("tagged", """{"Name":"web","Tags":["b"]}"""));
        Assert.Equal(1, (await host.Acme.Client.SendAsync("GET", "/v1/job/tagged")).Json.GetProperty("Version").GetInt64());
    }

    [Fact]
    public async Task Put_ManyServices_AreOneOfEachNameAndPortAndLimitedPerGroup()
    {
        async Task<string> RefusedAsync(string services) =>
            (await host.Acme.Client.SendAsync("PUT", "/v1/jobs", OfTask("many", services))).IsProblem(400, "invalid-request").Text;

        Assert.Contains("More than one service", await RefusedAsync("""{"Name":"a","PortLabel":"80"},{"Name":"A","PortLabel":"80"}"""), StringComparison.Ordinal);
        Assert.Contains("at most 32", await RefusedAsync(string.Join(',', Enumerable.Range(1, 33).Select(i => $$"""{"Name":"s{{i}}"}"""))), StringComparison.Ordinal);
        await RegisterAsync("many", OfTask("many", """{"Name":"a","PortLabel":"80"},{"Name":"a","PortLabel":"81"}"""));
    }

    [Fact]
    public async Task Put_VeryManyFaults_AreNotAllTold()
    {
        var services = string.Join(',', Enumerable.Repeat("""{"Name":".","PortLabel":"x","Tags":[""]}""", 32));
        var answer = await host.Acme.Client.SendAsync("PUT", "/v1/jobs", OfTask("faulty", services));
        Assert.Equal(20, answer.IsProblem(400, "invalid-request").Json.GetProperty("errors").GetArrayLength());
    }

    [Theory]
    [InlineData("a task that is not there", "exec", """{"Name":"a","TaskName":"no"}""", "has no task 'no'")]
    [InlineData("a script of no task", "exec", """{"Name":"a","Checks":[{"Type":"script","Command":"/bin/true","Interval":1000000000,"Timeout":1000000000}]}""", "where a task runs")]
    [InlineData("a script in a VM", "vm", """{"Name":"a","TaskName":"t","Checks":[{"Type":"script","Command":"/bin/true","Interval":1000000000,"Timeout":1000000000}]}""", "inside a VM")]
    [InlineData("a default name of what is no label", "exec", """{"PortLabel":"80"}""", "'of_group-g' is no name")]
    public async Task Put_BadServiceOfAGroup_IsRefused(string fault, string driver, string service, string said)
    {
        var config = driver == "vm" ? """{"kernel":"/boot/vmlinuz"}""" : """{"command":"true"}""";
        var task = $$"""{"Name":"t","Driver":"{{driver}}","Config":""" + config + "}";
        var body = """{"Job":{"ID":"of_group","TaskGroups":[{"Name":"g","Services":[""" + service + """],"Tasks":[""" + task + "]}]}}";

        var answer = (await host.Acme.Client.SendAsync("PUT", "/v1/jobs", body)).IsProblem(400, "invalid-request");

        Assert.True(Regex.Unescape(answer.Text).Contains(said, StringComparison.Ordinal), $"{fault}: {answer.Text}");
        Assert.Contains("Job.TaskGroups[0].Services[0]", answer.Text, StringComparison.Ordinal);
    }

    /// <summary>The check with another member at its beginning.</summary>
    private static string With(string more) => "{" + more + "," + Check[1..];

    private static string OfTask(string job, string services) =>
        JobTexts.With("\"Driver\":", $"\"Services\":[{services}],\"Driver\":").Replace("\"ID\":\"web\"", $"\"ID\":\"{job}\"", StringComparison.Ordinal);

    private static string? Text(JsonElement element, string member) => element.GetProperty(member).GetString();

    private async Task<JsonElement> RegisterAsync(string job, string body)
    {
        var answer = await host.Acme.Client.SendAsync("PUT", "/v1/jobs", body);
        Assert.True(answer.Status == 200, answer.ToString());
        return (await host.Acme.Client.SendAsync("GET", $"/v1/job/{job}")).Json.GetProperty("TaskGroups")[0];
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
