namespace Saas.LocalRegistry.Tests.Dns;

/// <summary>What is left out of answers that are too long, and whether it is said.</summary>
public sealed class TruncationTests
{
    private static FakeCatalogs Many(int count)
    {
        var catalogs = new FakeCatalogs();
        for (var i = 0; i < count; i++)
        {
            catalogs.Node($"node-{i:0000}", $"10.1.{i / 256}.{i % 256}").Service($"node-{i:0000}", "web", 8000 + i);
        }

        return catalogs;
    }

    [Fact]
    public async Task WithoutEdnsThreeAnswersAreGivenAndNothingIsSaid()
    {
        await using var dns = RunningDns.Start(Many(50));

        var answer = await dns.DigAsync("+noedns", "+ignore", "web.service.consul");

        Assert.Equal(3, answer.Answers.Length);
        Assert.DoesNotContain("tc", answer.Flags);
        Assert.True(answer.Bytes <= 512);
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(8, 8)]
    [InlineData(20, 8)]
    public async Task WithoutEdnsTheLimitIsAtMostEight(int limit, int given)
    {
        await using var dns = RunningDns.Start(Many(50), o => o with { UdpAnswerLimit = limit, EnableTruncate = true });

        var answer = await dns.DigAsync("+noedns", "+ignore", "web.service.consul");

        Assert.Equal(given, answer.Answers.Length);
        Assert.Contains("tc", answer.Flags);
    }

    [Fact]
    public async Task ATruncatedAnswerIsCompleteOverTcp()
    {
        await using var dns = RunningDns.Start(Many(300), o => o with { EnableTruncate = true });

        Assert.Equal(300, (await dns.DigAsync("+noedns", "web.service.consul")).Answers.Length);
        Assert.Equal(300, (await dns.DigAsync("+tcp", "web.service.consul", "SRV")).Answers.Length);
    }

    [Theory]
    [InlineData(512)]
    [InlineData(1232)]
    [InlineData(4096)]
    [InlineData(16384)]
    public async Task WithEdnsAnswersFillTheClientsBuffer(int bytes)
    {
        await using var dns = RunningDns.Start(Many(400), o => o with { EnableTruncate = true, NodeMetaTxt = false });
        var limit = Math.Min(bytes, 4096);

        foreach (var type in new[] { "A", "SRV" })
        {
            var answer = await dns.DigAsync("+ignore", "+nocookie", $"+bufsize={bytes}", "web.service.consul", type);

            Assert.Contains("tc", answer.Flags);
            Assert.InRange(answer.Bytes, limit == 512 ? 50 : limit - 120, limit);
            Assert.Equal(type == "A" ? 0 : answer.Answers.Length, answer.Additional.Length);
            Assert.Equal(answer.Answers.Length, answer.Answers.Distinct().Count());
            Assert.False(answer.HasWarnings, answer.Text);
        }
    }

    [Fact]
    public async Task TcpGivesWhatFitsInto64KiB()
    {
        await using var dns = RunningDns.Start(Many(3000), o => o with { EnableTruncate = true });

        Assert.Equal(3000, (await dns.DigAsync("+tcp", "web.service.consul")).Answers.Length);
        var srv = await dns.DigAsync("+tcp", "+ignore", "web.service.consul", "SRV");
        Assert.InRange(srv.Answers.Length, 500, 1024);
        Assert.Equal(srv.Answers.Length, srv.Additional.Length);
        Assert.Contains("tc", srv.Flags);
        Assert.False(srv.HasWarnings);
    }

    [Fact]
    public async Task ARecordLimitHoldsForAddressesOnly()
    {
        await using var dns = RunningDns.Start(Many(20), o => o with { ARecordLimit = 2 });

        Assert.Equal(2, (await dns.DigAsync("+tcp", "web.service.consul")).Answers.Length);
        Assert.Equal(20, (await dns.DigAsync("+tcp", "web.service.consul", "SRV")).Answers.Length);
    }

    [Fact]
    public async Task WhatNobodyAskedForGoesFirst()
    {
        var meta = Enumerable.Range(0, 20).ToDictionary(i => $"key-{i}", i => new string('x', 100));
        await using var dns = RunningDns.Start(new FakeCatalogs().Node("n", "10.0.0.1", meta: meta));

        var answer = await dns.DigAsync("+noedns", "+ignore", "n.node.consul");

        Assert.Equal(["n.node.consul. 0 IN A 10.0.0.1"], answer.Answers);
        Assert.Empty(answer.Additional);
        Assert.DoesNotContain("tc", answer.Flags);
    }

    [Fact]
    public async Task OneAnswerThatFitsNowhereIsFetchedByTcp()
    {
        await using var dns = RunningDns.Start(new FakeCatalogs().Node("n", "10.0.0.1", meta: new() { ["k"] = new string('x', 900) }));

        var cut = await dns.DigAsync("+noedns", "+ignore", "n.node.consul", "TXT");
        Assert.Empty(cut.Answers);
        Assert.Contains("tc", cut.Flags);
        Assert.Contains(new string('x', 200), Assert.Single((await dns.DigAsync("+noedns", "n.node.consul", "TXT")).Answers), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OrderIsRandomAndEveryInstanceGetsItsTurn()
    {
        await using var dns = RunningDns.Start(Many(10), seed: 42);
        var first = new Dictionary<string, int>();
        for (var i = 0; i < 400; i++)
        {
            var message = await dns.AskUdpAsync(Packets.Question("web.service.consul"));
            Assert.Equal(3, Packets.Answers(message));
            var address = string.Join('.', message[^36..][..4].Select(b => b));
            first[address] = first.GetValueOrDefault(address) + 1;
        }

        // Each of ten comes first in 40 of 400, give or take; a fixed seed makes it the same each time.
        Assert.Equal(10, first.Count);
        Assert.All(first.Values, count => Assert.InRange(count, 15, 80));
    }
}
