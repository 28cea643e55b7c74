using System.Net;
using Saas.EdgeAgent.Registry;

namespace Saas.EdgeAgent.Tests.Registry;

public sealed class ConfigFileTests
{
    [Fact]
    public void Read_AllGiven_IsTakenOver()
    {
        var registry = Read("""
            {
              // where the catalog is
              "registry": {
                "server": "https://registry.example", "listen": "127.0.0.1:8500", "advertise": "192.0.2.1", "ttlSeconds": 60,
                "enableScriptChecks": true, "enableLocalScriptChecks": true, "probePeers": false,
                "dns": { "listen": "[::1]:8600", "domain": "lan", "recursors": ["192.0.2.53", "192.0.2.54:5353"], "onlyPassing": true, "nodeTtlSeconds": 5 }
              }
            }
            """).Registry!;

        Assert.Equal(IPEndPoint.Parse("127.0.0.1:8500"), registry.ListenAt);
        Assert.Equal(IPAddress.Parse("192.0.2.1"), registry.AdvertisedAddress());
        Assert.Equal(60, registry.TtlSeconds);
        Assert.False(registry.ProbePeers);
        var dns = registry.Dns!.ToOptions();
        Assert.Equal([IPEndPoint.Parse("192.0.2.53:53"), IPEndPoint.Parse("192.0.2.54:5353")], dns.Recursors);
        Assert.Equal(TimeSpan.FromSeconds(5), dns.NodeTtl);
    }

    [Fact]
    public void Read_EmptyRegistry_IsOnWithDefaults()
    {
        var registry = Read("""{"registry":{}}""").Registry!;

        Assert.Null(registry.ListenAt);
        Assert.Null(registry.Dns);
        Assert.Equal(30, registry.TtlSeconds);
        Assert.True(registry.ProbePeers);
        Assert.Null(Read("{}").Registry);
    }

    [Theory]
    [InlineData("""{"registry":{"lissten":"127.0.0.1:1"}}""", "$.registry.lissten")]
    [InlineData("""{"other":1}""", "$.other")]
    [InlineData("""{"registry":{"ttlSeconds":"30"}}""", "$.registry.ttlSeconds")]
    [InlineData("""{"registry":{"dns":{"domein":"x"}}}""", "$.registry.dns.domein")]
    [InlineData("""{"registry":{"listen":"0.0.0.0:8500"}}""", "registry.listen")]
    [InlineData("""{"registry":{"listen":"192.0.2.1:8500"}}""", "registry.listen")]
    [InlineData("""{"registry":{"listen":"127.0.0.1"}}""", "registry.listen")]
    [InlineData("""{"registry":{"dns":{"listen":"0.0.0.0:53"}}}""", "registry.dns.listen")]
    [InlineData("""{"registry":{"dns":{"recursors":["dns.example"]}}}""", "registry.dns.recursors")]
    [InlineData("""{"registry":{"dns":{"domain":"a..b"}}}""", "registry.dns")]
    [InlineData("""{"registry":{"server":"http://registry.example"}}""", "registry.server")]
    [InlineData("""{"registry":{"advertise":"0.0.0.0"}}""", "registry.advertise")]
    [InlineData("""{"registry":{"ttlSeconds":4}}""", "registry.ttlSeconds")]
    [InlineData("nonsense", "$")]
    [InlineData("null", "holds no configuration")]
    public void Read_Refused_SaysWhere(string json, string place)
    {
        var fault = Assert.Throws<CommandLineException>(() => Read(json));

        Assert.Contains(place, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Config_IsTakenOver() =>
        Assert.Equal("/c.json", CommandLine.Parse(["run", "--server", "https://x", "--data", "/d", "--config", "/c.json"]).ConfigFile);

    private static ConfigFile Read(string json)
    {
        var path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, json);
            return ConfigFile.Read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
