using Saas.Contracts.Agents;
using Saas.EdgeAgent.Node;
using Saas.EdgeAgent.Registry;
using Saas.EdgeAgent.Tests.Fakes;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests.Node;

public sealed class NodeConfigTests : IDisposable
{
    private readonly TempDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_AllGiven_IsTakenOver()
    {
        var settings = Settings($$"""
            {
              "class": "big", "pool": "gpu", "pricePerHour": 1.25, "meta": { "rack": "r1" },
              "hostVolumes": { "media": { "path": "{{_folder.Path}}", "readOnly": true } },
              "hostNetworks": [
                { "name": "public", "ip": "198.51.100.7", "reservedPorts": "22, 80,8500-8502" },
                { "name": "loop", "interface": "lo" }
              ],
              "devices": [{ "vendor": "nvidia", "type": "gpu", "name": "a100", "attributes": { "memory": "40 GiB" }, "ids": ["GPU-1", "GPU-2"] }]
            }
            """);

        Assert.Equal(("big", "gpu", 1_250_000L), (settings.Class, settings.Pool, settings.PricePerHourMicros));
        Assert.Equal("r1", settings.Meta!["rack"]);
        Assert.Equal(new HostVolume(_folder.Path, true), settings.Volumes["media"]);
        Assert.Equal(
            ["default 192.0.2.1 ", "public 198.51.100.7 22,80,8500,8501,8502", "loop 127.0.0.1 "],
            settings.Networks.Select(network => $"{network.Name} {network.Ip} {string.Join(',', network.ReservedPorts ?? [])}"));
        var device = Assert.Single(settings.Devices!);
        Assert.Equal(["GPU-1", "GPU-2"], device.Instances.Where(instance => instance.Value).Select(instance => instance.Key));
        Assert.Equal("40 GiB", device.Attributes!["memory"]);
    }

    [Fact]
    public void Read_NothingGiven_IsTheDefaultNetworkAlone()
    {
        var settings = NodeSettings.Of(null, "192.0.2.1");

        var network = Assert.Single(settings.Networks);
        Assert.Equal(("default", "192.0.2.1"), (network.Name, network.Ip));
        Assert.Empty(network.ReservedPorts!);
        Assert.Null(settings.Class);
        Assert.Null(settings.PricePerHourMicros);
        Assert.Empty(settings.Volumes);
    }

    [Theory]
    [InlineData("""[{"name":"default","reservedPorts":"22"}]""", "default 192.0.2.1 22")]
    [InlineData("""[{"name":"default","ip":"203.0.113.9"}]""", "default 203.0.113.9 ")]
    public void Read_TheDefaultNetworkIsDescribed_ThereIsNoSecondOne(string networks, string expected)
    {
        var network = Assert.Single(Settings($$"""{"hostNetworks":{{networks}}}""").Networks);

        Assert.Equal(expected, $"{network.Name} {network.Ip} {string.Join(',', network.ReservedPorts ?? [])}");
    }

    [Theory]
    [InlineData("""{"klass":"x"}""", "$.node.klass")]
    [InlineData("""{"class":""}""", "node.class")]
    [InlineData("""{"pool":"all"}""", "node.pool")]
    [InlineData("""{"pool":"a b"}""", "node.pool")]
    [InlineData("""{"pricePerHour":-1}""", "node.pricePerHour")]
    [InlineData("""{"pricePerHour":0.0000001}""", "node.pricePerHour")]
    [InlineData("""{"pricePerHour":"1"}""", "$.node.pricePerHour")]
    [InlineData("""{"meta":{"residency.data_classes":"health"}}""", "residency.")]
    [InlineData("""{"meta":{"a":null}}""", "node.meta.a")]
    [InlineData("""{"hostVolumes":{"v":{"path":"relative"}}}""", "node.hostVolumes.v.path")]
    [InlineData("""{"hostVolumes":{"v":{"path":"/nonexistent/folder"}}}""", "there is no folder /nonexistent/folder")]
    [InlineData("""{"hostVolumes":{"v":null}}""", "node.hostVolumes.v")]
    [InlineData("""{"hostVolumes":{"a/b":{"path":"/"}}}""", "node.hostVolumes")]
    [InlineData("""{"hostNetworks":[{"name":"a"}]}""", "node.hostNetworks[0]")]
    [InlineData("""{"hostNetworks":[null]}""", "node.hostNetworks[0]")]
    [InlineData("""{"hostNetworks":[{"name":"a","ip":"0.0.0.0"}]}""", "node.hostNetworks[0].ip")]
    [InlineData("""{"hostNetworks":[{"name":"a","ip":"192.0.2.1","interface":"lo"}]}""", "node.hostNetworks[0]")]
    [InlineData("""{"hostNetworks":[{"name":"a","interface":"nosuch0"}]}""", "node.hostNetworks[0].interface")]
    [InlineData("""{"hostNetworks":[{"name":"a","ip":"192.0.2.1","reservedPorts":"80-22"}]}""", "node.hostNetworks[0].reservedPorts")]
    [InlineData("""{"hostNetworks":[{"name":"a","ip":"192.0.2.1","reservedPorts":"1-65535"}]}""", "at most 1024")]
    [InlineData("""{"hostNetworks":[{"name":"a","ip":"192.0.2.1"},{"name":"a","ip":"192.0.2.2"}]}""", "one network of a name")]
    [InlineData("""{"devices":[{"vendor":"v","type":"t","name":"n"}]}""", "node.devices[0].ids")]
    [InlineData("""{"devices":[{"vendor":"v","type":"t","name":"a/b","ids":["1"]}]}""", "node.devices[0].name")]
    [InlineData("""{"devices":[{"vendor":"v","type":"t","name":"n","ids":["1","1"]}]}""", "node.devices[0].ids")]
    [InlineData("""{"devices":[{"vendor":"v","type":"t","name":"n","ids":["1"]},{"vendor":"v","type":"t","name":"n","ids":["2"]}]}""", "v/t/n")]
    public void Read_Refused_SaysWhere(string node, string place)
    {
        var fault = Assert.Throws<CommandLineException>(() => Settings(node));

        Assert.Contains(place, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAgentTellsWhatItsConfigurationSaysAndDoesNotStartWithAVolumeThatIsNotThere()
    {
        await using var plane = await FakeControlPlane.StartAsync();
        await using var agent = new AgentProcess(plane, _folder.File("data"));
        await File.WriteAllTextAsync(_folder.File("agent.json"), """{"node":{"pool":"gpu","pricePerHour":0.5,"hostVolumes":{"root":{"path":"/"}},"devices":[{"vendor":"v","type":"t","name":"n","ids":["1"]}]}}""");
        agent.Start(FakeControlPlane.Token, "--config", _folder.File("agent.json"));
        await Poll.UntilAsync(() => plane.Fingerprint is not null, "the agent's fingerprint", () => agent.Log);
        Assert.Equal(("gpu", 500_000L), (plane.Fingerprint!.NodePool, plane.Fingerprint.PricePerHourMicros));
        Assert.Equal(new HostVolume("/", false), plane.Fingerprint.Volumes!["root"]);
        Assert.Equal("default", Assert.Single(plane.Fingerprint.Networks!).Name);
        Assert.Equal(0, await agent.TerminateAsync());

        await File.WriteAllTextAsync(_folder.File("agent.json"), """{"node":{"hostVolumes":{"films":{"path":"/srv/nosuch"}}}}""");
        agent.Start(null, "--config", _folder.File("agent.json"));

        Assert.Equal(2, await agent.ExitAsync());
        await Poll.UntilAsync(() => agent.Log.Contains("node.hostVolumes.films.path: there is no folder /srv/nosuch", StringComparison.Ordinal), "the reason", () => agent.Log);
    }

    private NodeSettings Settings(string node)
    {
        File.WriteAllText(_folder.File("agent.json"), $$"""{"node":{{node}}}""");
        return NodeSettings.Of(ConfigFile.Read(_folder.File("agent.json")).Node, "192.0.2.1");
    }
}
