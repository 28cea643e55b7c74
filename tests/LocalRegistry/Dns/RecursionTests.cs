using System.Net;
using Saas.LocalRegistry.Dns;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Tests.Dns;

/// <summary>Names that are not ours, asked of others.</summary>
public sealed class RecursionTests
{
    [Fact]
    public async Task NamesOfOthersComeFromTheRecursorAndOursDoNot()
    {
        await using var upstream = RunningDns.Start(new FakeCatalogs().Node("n", "192.0.2.1").Service("n", "www"), o => o with { Domain = "example.com" });
        await using var dns = RunningDns.Start(new FakeCatalogs().Node("n", "10.0.0.1").Service("n", "web"), With(upstream.EndPoint));

        var theirs = await dns.DigAsync("www.service.example.com");
        Assert.Equal(["www.service.example.com. 0 IN A 192.0.2.1"], theirs.Answers);
        Assert.Equal("NXDOMAIN", (await dns.DigAsync("nothere.service.example.com")).Status);
        Assert.Equal(["192.0.2.1"], (await dns.DigAsync("+short", "+tcp", "www.service.example.com")).Lines);

        var ours = await dns.DigAsync("web.service.consul");
        Assert.Equal(["web.service.consul. 0 IN A 10.0.0.1"], ours.Answers);
        Assert.Contains("ra", ours.Flags);
    }

    [Fact]
    public async Task AddressesThatAreNotOursGoToTheRecursorToo()
    {
        await using var upstream = RunningDns.Start(new FakeCatalogs().Node("theirs", "192.0.2.1"));
        await using var dns = RunningDns.Start(new FakeCatalogs().Node("ours", "10.0.0.1"), With(upstream.EndPoint));

        Assert.Equal(["ours.node.dc1.consul."], (await dns.DigAsync("+short", "-x", "10.0.0.1")).Lines);
        Assert.Equal(["theirs.node.dc1.consul."], (await dns.DigAsync("+short", "-x", "192.0.2.1")).Lines);
    }

    [Fact]
    public async Task TheNextIsAskedWhereOneFailsOrIsSilent()
    {
        await using var silent = new StubUpstream((_, _) => []);
        await using var failing = new StubUpstream((q, _) => [StubUpstream.Rcode(q, Rcode.ServFail)]);
        await using var good = new StubUpstream((q, _) => [StubUpstream.Address(q, 192, 0, 2, 9)]);
        await using var dns = RunningDns.Start(
            new FakeCatalogs(),
            o => o with { Recursors = [silent.EndPoint, failing.EndPoint, Closed, good.EndPoint], RecursorTimeout = TimeSpan.FromMilliseconds(300) });

        Assert.Equal(["192.0.2.9"], (await dns.DigAsync("+short", "www.example.com")).Lines);
        Assert.NotEmpty(silent.Asked);
        Assert.NotEmpty(failing.Asked);
    }

    [Fact]
    public async Task WhereNobodyAnswersTheServerFails()
    {
        await using var silent = new StubUpstream((_, _) => []);
        await using var dns = RunningDns.Start(new FakeCatalogs(), With(silent.EndPoint, TimeSpan.FromMilliseconds(100)));

        var answer = await dns.DigAsync("www.example.com");

        Assert.Equal("SERVFAIL", answer.Status);
        Assert.Contains("ra", answer.Flags);
    }

    [Fact]
    public async Task WhatDoesNotAnswerTheQuestionIsNotTaken()
    {
        await using var forger = new StubUpstream((q, _) =>
        {
            var evil = StubUpstream.Address(q, 6, 6, 6, 6);
            byte[] otherId = [(byte)~evil[0], .. evil[1..]];
            byte[] otherName = [.. evil];
            otherName[13]++;
            byte[] otherType = [.. evil];
            otherType[Array.IndexOf(evil, (byte)0, 12) + 2]++;
            byte[] question = [.. evil];
            question[2] &= 0x7F;
            return [otherId, otherName, otherType, question, [1, 2, 3], evil[..20], StubUpstream.Address(q, 192, 0, 2, 9)];
        });
        await using var dns = RunningDns.Start(new FakeCatalogs(), With(forger.EndPoint));

        Assert.Equal(["192.0.2.9"], (await dns.DigAsync("+short", "www.example.com")).Lines);
    }

    [Fact]
    public async Task EachQuestionGoesOutUnderAnotherIdAndFromAnotherPort()
    {
        await using var upstream = new StubUpstream((q, _) => [StubUpstream.Address(q, 192, 0, 2, 9)]);
        await using var dns = RunningDns.Start(new FakeCatalogs(), With(upstream.EndPoint));
        for (var i = 0; i < 20; i++)
        {
            var message = await dns.AskUdpAsync(Packets.Question("www.example.com", id: 7));
            Assert.Equal([0, 7], message[..2]);
        }

        Assert.True(upstream.Asked.DistinctBy(a => a.Id).Count() > 15);
        Assert.True(upstream.Asked.DistinctBy(a => a.Port).Count() > 10);
    }

    [Fact]
    public async Task ATruncatedAnswerIsFetchedByTcpForWhoAsksByTcp()
    {
        await using var upstream = new StubUpstream((q, isTcp) => [isTcp ? StubUpstream.Address(q, 192, 0, 2, 9) : StubUpstream.Rcode(q, Rcode.NoError, isTruncated: true)]);
        await using var dns = RunningDns.Start(new FakeCatalogs(), With(upstream.EndPoint));

        Assert.Contains("tc", (await dns.DigAsync("+ignore", "www.example.com")).Flags);
        Assert.Equal(["192.0.2.9"], (await dns.DigAsync("+short", "www.example.com")).Lines);
    }

    [Fact]
    public async Task AnAnswerLongerThanTheClientTakesIsCutToItsQuestion()
    {
        await using var upstream = new StubUpstream((q, _) => [[.. StubUpstream.Address(q, 192, 0, 2, 9), .. new byte[600]]]);
        await using var dns = RunningDns.Start(new FakeCatalogs(), With(upstream.EndPoint));

        var message = await dns.AskUdpAsync(Packets.Question("www.example.com"));

        Assert.True(Packets.IsTruncated(message));
        Assert.Equal(0, Packets.Answers(message));
        Assert.Equal(12 + 17 + 4, message.Length);
    }

    [Fact]
    public async Task AliasesOfOthersAreFollowedByTheRecursor()
    {
        await using var upstream = new StubUpstream((q, _) => [StubUpstream.Address(q, 192, 0, 2, 9)]);
        var catalogs = new FakeCatalogs().Node("ext", "www.example.com").Service("ext", "search", 443);
        await using var dns = RunningDns.Start(catalogs, o => With(upstream.EndPoint)(o) with { ServiceTtl = new Dictionary<string, TimeSpan> { ["*"] = TimeSpan.FromSeconds(5) } });

        Assert.Equal(
            ["search.service.consul. 5 IN CNAME www.example.com.", "www.example.com. 5 IN A 192.0.2.9"],
            (await dns.DigAsync("search.service.consul")).Answers);
        var srv = await dns.DigAsync("search.service.consul", "SRV");
        Assert.Equal(["search.service.consul. 5 IN SRV 1 1 443 www.example.com."], srv.Answers);
        Assert.Equal(["www.example.com. 5 IN A 192.0.2.9"], srv.Additional);
        Assert.Equal(["www.example.com.", "192.0.2.9"], (await dns.DigAsync("+short", "ext.node.consul")).Lines);
    }

    /// <summary>Nobody listens there.</summary>
    private static IPEndPoint Closed => new(IPAddress.Loopback, 1);

    private static Func<DnsOptions, DnsOptions> With(IPEndPoint recursor, TimeSpan? timeout = null) =>
        o => o with { Recursors = [recursor], RecursorTimeout = timeout ?? TimeSpan.FromSeconds(10) };
}
