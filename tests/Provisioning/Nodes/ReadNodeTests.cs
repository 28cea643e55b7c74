using System.Text.Json;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Nodes;

public sealed class ReadNodeTests
{
    [Fact]
    public async Task Read_HasEveryMemberOfNomads()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        await agent.Client.SendAsync("PUT", AgentProtocol.NodePath, JsonSerializer.Serialize(Fingerprint, AgentJson.Default.NodeFingerprint));

        var node = await acme.Client.GetJsonAsync($"/v1/node/{agent.NodeId}");

        // As api.Node has them, but for what Nomad itself calls deprecated.
        string[] members =
        [
            "ID", "Datacenter", "Name", "HTTPAddr", "TLSEnabled", "Attributes", "NodeResources", "ReservedResources", "Links", "Meta", "NodeClass",
            "NodePool", "CgroupParent", "Drain", "DrainStrategy", "SchedulingEligibility", "Status", "StatusDescription", "StatusUpdatedAt", "Events",
            "Drivers", "HostVolumes", "GCVolumesOnNodeGC", "HostNetworks", "CSIControllerPlugins", "CSINodePlugins", "LastDrain", "CreateIndex",
            "ModifyIndex", "NodeMaxAllocs", "ComputedClass",
        ];
        Assert.All(members, member => Assert.True(node.TryGetProperty(member, out _), member));
        Assert.Equal(
            """
            {"Cpu":{"CpuShares":4000,"TotalCpuCores":2,"ReservableCpuCores":[0,1]},"Memory":{"MemoryMB":1024},"Disk":{"DiskMB":2048},
            "Networks":[{"Mode":"host","Device":"","IP":"192.0.2.7","ReservedPorts":null,"DynamicPorts":null}],
            "NodeNetworks":[{"Mode":"host","Device":"","MacAddress":"","Speed":0,"Addresses":[{"Family":"ipv4","Alias":"default","Address":"192.0.2.7",
            "ReservedPorts":"22,80","Gateway":""}]}],
            "Devices":[{"Vendor":"acme","Type":"gpu","Name":"x1","Instances":[{"ID":"gpu-0","Healthy":true,"HealthDescription":""}],
            "Attributes":{"memory":{"String":"8 GiB","Unit":""}}}],"MinDynamicPort":20000,"MaxDynamicPort":32000}
            """.ReplaceLineEndings(""),
            node.GetProperty("NodeResources").GetRawText());
        Assert.Equal(
            """{"Cpu":{"CpuShares":0},"Memory":{"MemoryMB":0},"Disk":{"DiskMB":0},"Networks":{"ReservedHostPorts":"22,80"}}""",
            node.GetProperty("ReservedResources").GetRawText());
        Assert.Equal("""{"ssd":{"Name":"ssd","Path":"/srv/ssd","ReadOnly":true,"ID":""}}""", node.GetProperty("HostVolumes").GetRawText());
        Assert.Equal(
            """{"default":{"Name":"default","CIDR":"192.0.2.7/32","Interface":"","ReservedPorts":"22,80"}}""", node.GetProperty("HostNetworks").GetRawText());
        Assert.Equal(
            """{"Attributes":null,"Detected":true,"Healthy":true,"HealthDescription":"ok","UpdateTime":"0001-01-01T00:00:00Z"}""",
            node.GetProperty("Drivers").GetProperty("exec").GetRawText());
        Assert.Equal(["exec", "raw_exec"], node.GetProperty("Drivers").EnumerateObject().Select(static driver => driver.Name));
        Assert.Equal("gold", node.GetProperty("NodePool").GetString());
        Assert.Equal("Node registered", node.GetProperty("Events")[0].GetProperty("Message").GetString());
        Assert.StartsWith("v1:", node.GetProperty("ComputedClass").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ComputedClass_IsTheSameForNodesThatConstraintsCannotTellApart()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var (one, two, other) = (await host.AgentAsync(acme), await host.AgentAsync(acme), await host.AgentAsync(acme));
        await one.Client.SendAsync("PUT", AgentProtocol.NodePath, JsonSerializer.Serialize(With("unique.hostname", "a"), AgentJson.Default.NodeFingerprint));
        await two.Client.SendAsync("PUT", AgentProtocol.NodePath, JsonSerializer.Serialize(With("unique.hostname", "b"), AgentJson.Default.NodeFingerprint));
        await other.Client.SendAsync("PUT", AgentProtocol.NodePath, JsonSerializer.Serialize(With("cpu.arch", "arm64"), AgentJson.Default.NodeFingerprint));

        Assert.Equal(await ClassAsync(one), await ClassAsync(two));
        Assert.NotEqual(await ClassAsync(one), await ClassAsync(other));

        async Task<string?> ClassAsync(TestAgent agent) => (await acme.Client.GetJsonAsync($"/v1/node/{agent.NodeId}")).GetProperty("ComputedClass").GetString();

        static NodeFingerprint With(string attribute, string value) => Fingerprint with { Attributes = new Dictionary<string, string> { [attribute] = value } };
    }

    [Fact]
    public async Task List_IsOfStubsByPrefixFilterAndPage()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        string[] ids = [.. new[] { await host.AgentAsync(acme), await host.AgentAsync(acme), await host.AgentAsync(acme) }.Select(static agent => agent.NodeId).Order(StringComparer.Ordinal)];
        await acme.Client.SendAsync("PUT", $"/v1/node/{ids[1]}/eligibility", """{"Eligibility":"ineligible"}""");

        var stub = (await acme.Client.GetJsonAsync($"/v1/nodes?prefix={ids[0]}"))[0];
        Assert.False(stub.TryGetProperty("NodeResources", out _));
        Assert.False(stub.TryGetProperty("Attributes", out _));
        var full = (await acme.Client.GetJsonAsync($"/v1/nodes?prefix={ids[0]}&resources=true&os=true"))[0];
        Assert.Equal(8, full.GetProperty("NodeResources").GetProperty("Cpu").GetProperty("TotalCpuCores").GetInt32());
        Assert.Equal("""{"os.name":""}""", full.GetProperty("Attributes").GetRawText());
        Assert.Equal([ids[1]], Ids(await ListAsync("SchedulingEligibility == \"ineligible\"")));
        Assert.Equal([ids[0], ids[2]], Ids(await ListAsync("SchedulingEligibility != ineligible and Attributes[\"kernel.name\"] == linux")));
        Assert.Equal(3, (await ListAsync("Drivers.exec.Healthy == true")).GetArrayLength());

        var first = await acme.Client.SendAsync("GET", "/v1/nodes?per_page=2");
        Assert.Equal(ids[..2], Ids(first.Json));
        Assert.Equal(ids[2], first.Headers["X-Nomad-NextToken"]);
        Assert.Equal([ids[2]], Ids(await acme.Client.GetJsonAsync($"/v1/nodes?per_page=2&next_token={ids[2]}")));

        Task<JsonElement> ListAsync(string filter) => acme.Client.GetJsonAsync($"/v1/nodes?filter={Uri.EscapeDataString(filter)}");
    }

    [Fact]
    public async Task Read_OfARevokedOrForeignNode_IsNotFound()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var (acme, evil) = (await host.SignUpAsync("acme"), await host.SignUpAsync("evil"));
        var agent = await host.AgentAsync(acme);

        foreach (var (method, path) in ((string, string)[])[("GET", ""), ("PUT", "/drain"), ("PUT", "/eligibility"), ("PUT", "/evaluate"), ("PUT", "/purge")])
        {
            var body = path == "/eligibility" ? """{"Eligibility":"eligible"}""" : "{}";
            var answer = await evil.Peer.SendAsync(method, $"/v1/node/{agent.NodeId}{path}", method == "PUT" ? body : null);
            Assert.Equal((method == "GET" ? 404 : 500, "node not found"), (answer.Status, answer.Text));
        }

        Assert.Equal("[]", (await evil.Peer.SendAsync("GET", $"/v1/node/{agent.NodeId}/allocations")).Text);
        Assert.Equal("ready", (await acme.Client.GetJsonAsync($"/v1/node/{agent.NodeId}")).GetProperty("Status").GetString());
    }

    private static NodeFingerprint Fingerprint => new()
    {
        ProtocolVersion = AgentProtocol.Version,
        AgentVersion = "1.0.0",
        Name = "machine-1",
        Resources = new NodeResources { Cores = 2, CpuMhz = 4000, MemoryMB = 1024, DiskMB = 2048 },
        Attributes = new Dictionary<string, string> { ["kernel.name"] = "linux" },
        Drivers = new Dictionary<string, DriverFingerprint> { ["exec"] = new(true, "ok") },
        NodePool = "gold",
        Networks = [new HostNetwork("default", "192.0.2.7", [80, 22])],
        Volumes = new Dictionary<string, HostVolume> { ["ssd"] = new("/srv/ssd", true) },
        Devices = [new DeviceGroup("acme", "gpu", "x1", new Dictionary<string, bool> { ["gpu-0"] = true }, new Dictionary<string, string> { ["memory"] = "8 GiB" })],
    };

    private static IEnumerable<string> Ids(JsonElement list) => list.EnumerateArray().Select(static node => node.GetProperty("ID").GetString()!);
}
