using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Saas.Discovery.Model;
using Saas.Discovery.Sync;
using Saas.LocalRegistry.Dns;
using Saas.LocalRegistry.Dns.Wire;
using Saas.TestKit;

namespace Saas.LocalRegistry.Tests.Dns;

/// <summary>What options change, and what goes wrong.</summary>
public sealed class OptionsTests
{
    [Fact]
    public async Task TtlsAreByNameThenByLongestPrefix()
    {
        var catalogs = new FakeCatalogs().Node("n", "10.0.0.1").Service("n", "web").Service("n", "web-api").Service("n", "db");
        await using var dns = RunningDns.Start(catalogs, o => o with
        {
            NodeTtl = TimeSpan.FromSeconds(9),
            ServiceTtl = new Dictionary<string, TimeSpan>
            {
                ["*"] = TimeSpan.FromSeconds(1), ["web*"] = TimeSpan.FromSeconds(2), ["web"] = TimeSpan.FromSeconds(3),
            },
            Soa = new SoaOptions { MinTtl = TimeSpan.FromSeconds(30), Refresh = TimeSpan.FromSeconds(60) },
        });

        Assert.Equal(["web.service.consul. 3 IN A 10.0.0.1"], (await dns.DigAsync("web.service.consul")).Answers);
        Assert.Equal(["web-api.service.consul. 2 IN A 10.0.0.1"], (await dns.DigAsync("web-api.service.consul")).Answers);
        Assert.Equal(["db.service.consul. 1 IN A 10.0.0.1"], (await dns.DigAsync("db.service.consul")).Answers);
        Assert.Equal(["n.node.consul. 9 IN A 10.0.0.1"], (await dns.DigAsync("n.node.consul")).Answers);
        Assert.Matches(@"^consul\. 30 IN SOA .* 60 600 86400 30$", (await dns.DigAsync("x.consul")).Authority[0]);
    }

    [Fact]
    public async Task OnlyPassingLeavesOutWhoWarns()
    {
        var catalogs = new FakeCatalogs().Node("a", "10.0.0.1").Node("b", "10.0.0.2").Service("a", "web").Service("b", "web", status: HealthStatus.Warning);
        await using var dns = RunningDns.Start(catalogs, o => o with { OnlyPassing = true });

        Assert.Equal(["10.0.0.1"], (await dns.DigAsync("+short", "web.service.consul")).Lines);
        catalogs.NodeCheck("a", HealthStatus.Critical);
        Assert.Equal("NXDOMAIN", (await dns.DigAsync("web.service.consul")).Status);
    }

    [Fact]
    public async Task BothDomainsAreAnsweredInTheirOwn()
    {
        var catalogs = new FakeCatalogs().Node("n", "10.0.0.1").Service("n", "web");
        await using var dns = RunningDns.Start(catalogs, o => o with { Domain = "Corp.Example.", AltDomain = "consul" });

        Assert.Equal(["1 1 80 n.node.dc1.corp.example."], (await dns.DigAsync("+short", "web.service.corp.example", "SRV")).Lines);
        Assert.Equal(["1 1 80 n.node.dc1.consul."], (await dns.DigAsync("+short", "web.service.consul", "SRV")).Lines);
        Assert.StartsWith("corp.example. 0 IN SOA ns.corp.example.", (await dns.DigAsync("x.corp.example")).Authority[0], StringComparison.Ordinal);
        Assert.Equal(["n.node.dc1.corp.example."], (await dns.DigAsync("+short", "-x", "10.0.0.1")).Lines);
    }

    [Fact]
    public async Task OtherDatacentersGiveTheirWanAddressesWhereAsked()
    {
        var tagged = new Dictionary<string, string> { ["wan"] = "198.51.100.7", ["lan_ipv6"] = "fd00::7" };
        var catalogs = new FakeCatalogs().Node("near", "10.0.0.1", tagged: tagged).Service("near", "web")
            .Node("far", "10.7.0.1", "dc2", tagged: tagged)
            .Service("far", "web", 80, datacenter: "dc2", tagged: new() { ["wan"] = new ServiceAddress("203.0.113.9", 8443) });
        await using var dns = RunningDns.Start(catalogs, o => o with { TranslateWanAddresses = true });

        Assert.Equal(["10.0.0.1"], (await dns.DigAsync("+short", "web.service.consul")).Lines);
        Assert.Equal(["203.0.113.9"], (await dns.DigAsync("+short", "web.service.dc2.consul")).Lines);
        Assert.Equal(["1 1 8443 cb007109.addr.dc2.consul."], (await dns.DigAsync("+short", "web.service.dc2.consul", "SRV")).Lines);
        Assert.Equal(["198.51.100.7"], (await dns.DigAsync("+short", "far.node.dc2.consul")).Lines);
        Assert.Equal(["fd00::7"], (await dns.DigAsync("+short", "near.node.consul", "AAAA")).Lines);
    }

    [Fact]
    public async Task WhileNothingIsKnownTheServerFailsAndDoesNotDeny()
    {
        var catalogs = new FakeCatalogs { IsHeard = false };
        await using var dns = RunningDns.Start(catalogs);

        Assert.Equal("SERVFAIL", (await dns.DigAsync("web.service.consul")).Status);
        Assert.Equal("NOERROR", (await dns.DigAsync("consul", "SOA")).Status);
        catalogs.IsHeard = true;
        Assert.Equal("NXDOMAIN", (await dns.DigAsync("web.service.consul")).Status);
    }

    [Fact]
    public async Task ALookupThatThrowsFailsItsQuestionAndNoOther()
    {
        var catalogs = new FakeCatalogs { Fault = new InvalidOperationException("a fault of the test's") };
        await using var dns = RunningDns.Start(catalogs);

        Assert.Equal("SERVFAIL", (await dns.DigAsync("web.service.consul")).Status);
        Assert.Equal("SERVFAIL", (await dns.DigAsync("+tcp", "web.service.consul")).Status);
        catalogs.Fault = null;
        Assert.Equal("NXDOMAIN", (await dns.DigAsync("web.service.consul")).Status);
    }

    [Fact]
    public async Task WhoWaitsHoldsUpNobodyAndTooManyFail()
    {
        var gate = new TaskCompletionSource();
        var catalogs = new FakeCatalogs { Gate = gate.Task }.Node("far", "10.7.0.1", "dc2").Node("near", "10.0.0.1").Service("near", "web");
        catalogs.Queries["q"] = new QueryAnswer(catalogs.Instances("web"), "dc1", null);
        await using var dns = RunningDns.Start(catalogs, o => o with { MaxWaiting = 2, LookupTimeout = TimeSpan.FromSeconds(30) });

        var waiting = new[] { dns.AskUdpAsync(Packets.Question("far.node.dc2.consul")), dns.AskUdpAsync(Packets.Question("q.query.consul")) };
        await Poll.UntilAsync(() => catalogs.Waiting == 2, "both to wait", () => catalogs.Waiting);

        Assert.Equal(Rcode.ServFail, Packets.RcodeOf(await dns.AskUdpAsync(Packets.Question("q.query.consul"))));
        Assert.Equal(1, Packets.Answers(await dns.AskUdpAsync(Packets.Question("near.node.consul"))));

        gate.SetResult();
        Assert.Equal([1, 1], (await Task.WhenAll(waiting)).Select(Packets.Answers));
        await Poll.UntilAsync(
            async () => Packets.RcodeOf(await dns.AskUdpAsync(Packets.Question("q.query.consul"))) == Rcode.NoError, "room for others");
    }

    [Fact]
    public async Task ALookupThatTakesTooLongFails()
    {
        var catalogs = new FakeCatalogs { Gate = new TaskCompletionSource().Task }.Node("far", "10.7.0.1", "dc2");
        await using var dns = RunningDns.Start(catalogs, o => o with { LookupTimeout = TimeSpan.FromMilliseconds(50) });

        Assert.Equal("SERVFAIL", (await dns.DigAsync("far.node.dc2.consul")).Status);
        Assert.Equal("SERVFAIL", (await dns.DigAsync("q.query.consul")).Status);
    }

    [Fact]
    public void Bind_AddressInUse_SaysWhichAndWhy()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var endPoint = (IPEndPoint)taken.LocalEndPoint!;
        using var server = Server(new DnsOptions { Listen = [endPoint] });

        var e = Assert.Throws<DnsBindException>(server.Bind);

        Assert.Equal($"DNS cannot listen on {endPoint} (UDP): Address already in use.", e.Message);
        Assert.Empty(server.EndPoints);
    }

    [Fact]
    public void Constructor_BadOptions_NamesThemAll()
    {
        var e = Assert.Throws<ArgumentException>(() => Server(new DnsOptions
        {
            Domain = "a..b",
            UdpAnswerLimit = 0,
            NodeTtl = TimeSpan.FromMilliseconds(1),
            MaxUdpBytes = 70000,
            TcpIdleTimeout = TimeSpan.Zero,
            Recursors = [new IPEndPoint(IPAddress.Loopback, 8600)],
        }));

        foreach (var name in new[] { "a..b", "UdpAnswerLimit", "NodeTtl", "MaxUdpBytes", "TcpIdleTimeout", "the recursor 127.0.0.1:8600 is this server" })
        {
            Assert.Contains(name, e.Message, StringComparison.Ordinal);
        }
    }

    private static DnsServer Server(DnsOptions options) => new(options, new FakeCatalogs(), TimeProvider.System, NullLogger.Instance);
}
