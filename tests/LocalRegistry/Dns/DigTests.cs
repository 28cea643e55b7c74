using Saas.Discovery.Model;
using Saas.Discovery.Sync;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Tests.Dns;

/// <summary>Every form of name, asked by dig.</summary>
public sealed class DigTests : IAsyncDisposable
{
    private readonly FakeCatalogs _catalogs = new FakeCatalogs()
        .Node("agent-1", "10.0.0.1", meta: new() { ["rack"] = "a=1", ["rfc1035-note"] = "only the value" })
        .Node("node2", "10.0.0.2")
        .Node("node6", "fd00::6")
        .Node("external", "www.example.com")
        .Node("remote", "10.2.0.1", "dc2")
        .Service("agent-1", "web", 8080, tags: ["v1", "primary"], weights: new(10, 3))
        .Service("node2", "web", 8081, "10.1.0.2", ["v2"], HealthStatus.Warning, weights: new(10, 3))
        .Service("node2", "web", 8082, "10.1.0.3", ["v2"], HealthStatus.Critical, id: "web-sick")
        .Service("node6", "db", 5432)
        .Service("node6", "db6", 5432, "fd00::beef")
        .Service("external", "search", 443)
        .Service("node2", "alias", 80, "web.service.consul")
        .Service("remote", "web", 9000, datacenter: "dc2");

    private readonly RunningDns _dns;

    public DigTests() => _dns = RunningDns.Start(_catalogs);

    public ValueTask DisposeAsync() => _dns.DisposeAsync();

    [Theory]
    [InlineData("web.service.consul")]
    [InlineData("web.service.dc1.consul")]
    [InlineData("web.service.dc1.dc.consul")]
    [InlineData("web.service.default.ns.consul")]
    [InlineData("web.service.default.ns.default.ap.dc1.dc.consul")]
    [InlineData("WEB.Service.CONSUL")]
    [InlineData("_web._tcp.service.consul")]
    public async Task AServiceIsGivenByAllFormsOfItsName(string name)
    {
        var answer = await _dns.DigAsync(name, "A");

        Assert.Equal("NOERROR", answer.Status);
        Assert.Equal([$"{name}. 0 IN A 10.0.0.1", $"{name}. 0 IN A 10.1.0.2"], answer.Answers.Order());
        Assert.Contains("aa", answer.Flags);
        Assert.DoesNotContain("ra", answer.Flags);
        Assert.False(answer.HasWarnings, answer.Text);
    }

    [Theory]
    [InlineData("v1.web.service.consul", "10.0.0.1")]
    [InlineData("V2.web.service.dc1.consul", "10.1.0.2")]
    [InlineData("_web._primary.service.consul", "10.0.0.1")]
    [InlineData("web.service.dc2.consul", "10.2.0.1")]
    [InlineData("agent-1.node.consul", "10.0.0.1")]
    [InlineData("agent-1.node.dc1.consul", "10.0.0.1")]
    [InlineData("remote.node.dc2.dc.consul", "10.2.0.1")]
    [InlineData("0a010002.addr.consul", "10.1.0.2")]
    [InlineData("0A010002.addr.dc1.consul", "10.1.0.2")]
    public async Task ANameLeadsToOneAddress(string name, string address) => Assert.Equal([address], (await _dns.DigAsync("+short", name)).Lines);

    [Theory]
    [InlineData("nothere.service.consul", "A")]
    [InlineData("v3.web.service.consul", "A")]
    [InlineData("nothere.node.consul", "A")]
    [InlineData("nothere.query.consul", "A")]
    [InlineData("web.service.dc9.consul", "A")]
    [InlineData("web.service.other.ns.consul", "A")]
    [InlineData("web.service.dc1.peer.consul", "A")]
    [InlineData("web.service.a.b.c.consul", "A")]
    [InlineData("web.connect.consul", "A")]
    [InlineData("service.consul", "A")]
    [InlineData("web.consul", "A")]
    [InlineData("0a01.addr.consul", "A")]
    [InlineData("0a01000x.addr.consul", "A")]
    [InlineData("99.0.0.10.in-addr.arpa", "PTR")]
    public async Task ANameThatIsNotThereIsDeniedWithTheSoa(string name, string type)
    {
        var answer = await _dns.DigAsync(name, type);

        Assert.Equal("NXDOMAIN", answer.Status);
        Assert.Contains("aa", answer.Flags);
        Assert.Matches(@"^consul\. 0 IN SOA ns\.consul\. hostmaster\.consul\. \d+ 3600 600 86400 0$", Assert.Single(answer.Authority));
    }

    [Theory]
    [InlineData("web.service.consul", "AAAA")]
    [InlineData("web.service.consul", "MX")]
    [InlineData("agent-1.node.consul", "AAAA")]
    [InlineData("agent-1.node.consul", "SRV")]
    [InlineData("0a010002.addr.consul", "AAAA")]
    [InlineData("consul", "A")]
    public async Task ANameWithoutTheTypeIsAnEmptyAnswerWithTheSoa(string name, string type)
    {
        var answer = await _dns.DigAsync(name, type);

        Assert.Equal("NOERROR", answer.Status);
        Assert.Empty(answer.Answers);
        Assert.Contains(" SOA ", Assert.Single(answer.Authority));
    }

    [Theory]
    [InlineData("web.service.consul")]
    [InlineData("_web._tcp.service.consul")]
    [InlineData("_web._tcp.consul")]
    public async Task SrvHasPortWeightTargetAndItsAddress(string name)
    {
        var answer = await _dns.DigAsync(name, "SRV");

        Assert.Equal(
            [$"{name}. 0 IN SRV 1 10 8080 agent-1.node.dc1.consul.", $"{name}. 0 IN SRV 1 3 8081 0a010002.addr.dc1.consul."],
            answer.Answers.Order());
        Assert.Contains("agent-1.node.dc1.consul. 0 IN A 10.0.0.1", answer.Additional);
        Assert.Contains("0a010002.addr.dc1.consul. 0 IN A 10.1.0.2", answer.Additional);
        Assert.Contains("agent-1.node.dc1.consul. 0 IN TXT \"rack=a=1\"", answer.Additional);
        Assert.False(answer.HasWarnings, answer.Text);
    }

    [Fact]
    public async Task SrvByTagIsOfThatTagOnly() =>
        Assert.Equal(["1 3 8081 0a010002.addr.dc1.consul."], (await _dns.DigAsync("+short", "_web._v2.service.consul", "SRV")).Lines);

    [Fact]
    public async Task ServicesOverIpv6AreGivenAsAaaa()
    {
        Assert.Equal(["fd00::6"], (await _dns.DigAsync("+short", "db.service.consul", "AAAA")).Lines);
        Assert.Equal(["fd00::6"], (await _dns.DigAsync("+short", "db.service.consul", "ANY")).Lines);
        Assert.Empty((await _dns.DigAsync("db.service.consul", "A")).Answers);
        var srv = await _dns.DigAsync("db6.service.consul", "SRV");
        Assert.Equal(["db6.service.consul. 0 IN SRV 1 1 5432 fd00000000000000000000000000beef.addr.dc1.consul."], srv.Answers);
        Assert.Equal(["fd00000000000000000000000000beef.addr.dc1.consul. 0 IN AAAA fd00::beef"], srv.Additional);
    }

    [Fact]
    public async Task MetaDataOfANodeIsText()
    {
        Assert.Equal(["\"only the value\"", "\"rack=a=1\""], (await _dns.DigAsync("+short", "agent-1.node.consul", "TXT")).Lines.Order());
        Assert.Equal(3, (await _dns.DigAsync("agent-1.node.consul", "ANY")).Answers.Length);
        Assert.Equal(2, (await _dns.DigAsync("agent-1.node.consul", "A")).Additional.Length);
    }

    [Fact]
    public async Task ANodeWithAHostsNameIsAnAlias() =>
        Assert.Equal(["external.node.consul. 0 IN CNAME www.example.com."], (await _dns.DigAsync("external.node.consul")).Answers);

    [Fact]
    public async Task AServiceWithAHostsNameIsAnAliasAndItsSrvLeadsThere()
    {
        Assert.Equal(["search.service.consul. 0 IN CNAME www.example.com."], (await _dns.DigAsync("search.service.consul")).Answers);
        Assert.Equal(["1 1 443 www.example.com."], (await _dns.DigAsync("+short", "search.service.consul", "SRV")).Lines);
    }

    [Fact]
    public async Task AnAliasToANameOfOursIsFollowed()
    {
        var lines = (await _dns.DigAsync("+short", "alias.service.consul")).Lines;

        Assert.Equal(["10.0.0.1", "10.1.0.2", "web.service.consul."], lines.Order());
    }

    [Fact]
    public async Task AnAliasToItselfEnds()
    {
        _catalogs.Service("external", "loop", 1, "loop2.service.consul").Service("external", "loop2", 1, "loop.service.consul");

        Assert.Equal("NOERROR", (await _dns.DigAsync("loop.service.consul")).Status);
    }

    [Theory]
    [InlineData("10.0.0.1", "agent-1.node.dc1.consul.")]
    [InlineData("10.1.0.2", "web.service.dc1.consul.")]
    [InlineData("fd00::6", "node6.node.dc1.consul.")]
    [InlineData("fd00::beef", "db6.service.dc1.consul.")]
    public async Task AnAddressLeadsToItsNodeOrService(string address, string name) =>
        Assert.Equal([name], (await _dns.DigAsync("+short", "-x", address)).Lines);

    [Fact]
    public async Task AQueryIsAnsweredInItsOrderWithItsTtl()
    {
        _catalogs.Queries["geo.web"] = new QueryAnswer([.. _catalogs.Instances("web").Take(2).Reverse()], "dc1", 15);

        var expected = _catalogs.Queries["geo.web"].Instances.Select(i => i.Service.Address.Length > 0 ? i.Service.Address : i.Node.Address);
        Assert.Equal(expected.Select(a => $"geo.web.query.consul. 15 IN A {a}"), (await _dns.DigAsync("geo.web.query.consul")).Answers);
        Assert.Equal(2, (await _dns.DigAsync("_geo.web._tcp.query.dc1.consul", "SRV")).Answers.Length);
    }

    [Fact]
    public async Task TheDomainHasSoaAndNameServers()
    {
        var soa = await _dns.DigAsync("consul", "SOA");
        Assert.Contains(" IN SOA ns.consul. hostmaster.consul. ", Assert.Single(soa.Answers));
        Assert.Equal(["consul. 0 IN NS agent-1.node.dc1.consul."], soa.Authority);

        var ns = await _dns.DigAsync("consul", "NS");
        Assert.Equal(["consul. 0 IN NS agent-1.node.dc1.consul."], ns.Answers);
        Assert.Equal(["agent-1.node.dc1.consul. 0 IN A 10.0.0.1"], ns.Additional);
    }

    [Fact]
    public async Task NameServersAreThoseOfTheServiceConsul()
    {
        for (var i = 10; i < 15; i++)
        {
            _catalogs.Node($"server-{i}", $"10.9.0.{i}").Service($"server-{i}", "consul", 8300);
        }

        var answers = (await _dns.DigAsync("consul", "NS")).Answers;
        Assert.Equal(3, answers.Length);
        Assert.All(answers, a => Assert.Matches(@"^consul\. 0 IN NS server-\d+\.node\.dc1\.consul\.$", a));
    }

    [Fact]
    public async Task OthersNamesAreRefusedWithoutRecursors()
    {
        Assert.Equal("REFUSED", (await _dns.DigAsync("www.example.com")).Status);
        Assert.Equal("REFUSED", (await _dns.DigAsync("notconsul")).Status);
        Assert.Equal("REFUSED", (await _dns.DigAsync("consul", "CH", "TXT")).Status);
    }

    [Fact]
    public async Task ZoneTransfersAreNotImplemented()
    {
        Assert.Equal(Rcode.NotImp, Packets.RcodeOf(await _dns.AskUdpAsync(Packets.Question("consul", DnsType.Axfr))));
        Assert.Contains("Transfer failed", (await _dns.DigAsync("consul", "AXFR")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheSameOverTcpAndWithoutEdns()
    {
        Assert.Equal(2, (await _dns.DigAsync("+tcp", "web.service.consul")).Answers.Length);
        Assert.Equal(2, (await _dns.DigAsync("+noedns", "web.service.consul")).Answers.Length);
        Assert.Equal(2, (await _dns.DigAsync("+tcp", "+keepopen", "web.service.consul", "web.service.consul")).Answers.Length);
    }

    [Fact]
    public async Task EdnsIsAnsweredWithEdns()
    {
        Assert.Contains("EDNS: version: 0, flags:; udp: 4096", (await _dns.DigAsync("+dnssec", "+bufsize=1232", "web.service.consul")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain("EDNS", (await _dns.DigAsync("+noedns", "web.service.consul")).Text, StringComparison.Ordinal);
        Assert.Equal("BADVERS", (await _dns.DigAsync("+edns=7", "+noednsnegotiation", "web.service.consul")).Status);
        Assert.Contains("CLIENT-SUBNET: 192.0.2.0/24/0", (await _dns.DigAsync("+subnet=192.0.2.0/24", "web.service.consul")).Text, StringComparison.Ordinal);
        Assert.Equal("NOERROR", (await _dns.DigAsync("+cookie", "+nsid", "web.service.consul")).Status);
    }

    [Fact]
    public async Task OtherOpcodesAreNotImplemented() => Assert.Equal("NOTIMP", (await _dns.DigAsync("+opcode=NOTIFY", "+noquestion", "consul", "SOA")).Status);
}
