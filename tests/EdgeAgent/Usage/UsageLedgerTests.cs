using Microsoft.Extensions.Logging.Abstractions;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.State;
using Saas.EdgeAgent.Tests.Fakes;
using Saas.EdgeAgent.Usage;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests.Usage;

public sealed class UsageLedgerTests : IDisposable
{
    private const int VcpuMilli = 500;
    private const int MemoryMib = 64;

    private readonly TempDirectory _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 10, 59, 30, TimeSpan.Zero));
    private readonly AssignedAllocation _allocation = Assignments.Shell("");

    [Fact]
    public void Cut_OverAnHoursEnd_MakesTwoWindows()
    {
        var ledger = Open();
        ledger.Open(_allocation, _time.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(50));

        See(ledger);
        ledger.Cut();

        Assert.Collection(
            ledger.Peek(10),
            sample => Assert.Equal((30_000L * VcpuMilli, 30_000L * MemoryMib), (sample.VcpuMilliMilliseconds, sample.MemoryMibMilliseconds)),
            sample => Assert.Equal(new DateTimeOffset(2026, 1, 1, 11, 0, 0, TimeSpan.Zero), sample.From));
    }

    [Fact]
    public void Cut_LongOutage_IsOneWindowAnHour()
    {
        var ledger = Open();
        ledger.Open(_allocation, _time.GetUtcNow());
        _time.Advance(TimeSpan.FromHours(5));

        See(ledger);
        ledger.Cut();

        Assert.Equal(6, ledger.Waiting);
        Assert.Equal(TimeSpan.FromHours(5), Total(ledger));
    }

    [Fact]
    public void Cut_AgentWasAwayWhileItRan_MetersTheGapOnce()
    {
        var ledger = Open();
        ledger.Open(_allocation, _time.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(10));
        See(ledger);
        ledger.Cut();
        _time.Advance(TimeSpan.FromSeconds(40));

        ledger = Open(); // killed and started again
        ledger.Open(_allocation, _time.GetUtcNow() - TimeSpan.FromSeconds(50));
        ledger.Cut(); // not looked at yet: it may have ended
        Assert.Equal(TimeSpan.FromSeconds(10), Total(ledger));
        See(ledger);
        ledger.Cut();
        ledger.Cut();

        Assert.Equal(TimeSpan.FromSeconds(50), Total(ledger));
    }

    [Fact]
    public void Close_Repeated_AddsNothing()
    {
        var ledger = Open();
        var start = _time.GetUtcNow();
        ledger.Open(_allocation, start);
        _time.Advance(TimeSpan.FromSeconds(10));
        ledger.Close(_allocation, start, start.AddSeconds(7));

        Open().Close(_allocation, start, start.AddSeconds(7));
        ledger = Open();
        ledger.Close(_allocation, start, start.AddSeconds(7));

        Assert.Equal(TimeSpan.FromSeconds(7), Total(ledger));
    }

    [Fact]
    public void Close_StartWasNeverNoted_MetersTheRunAllTheSame()
    {
        var ledger = Open();
        var start = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(10));

        ledger.Close(_allocation, start, start.AddSeconds(3));

        Assert.Equal(TimeSpan.FromSeconds(3), Total(Open()));
    }

    [Fact]
    public void Close_EndWasNotSeen_MetersUpToTheLastTimeItWasSeen()
    {
        var ledger = Open();
        ledger.Open(_allocation, _time.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(4));
        See(ledger);
        _time.Advance(TimeSpan.FromSeconds(100));

        ledger.Close(_allocation, null, null);

        Assert.Equal(TimeSpan.FromSeconds(4), Total(ledger));
    }

    [Fact]
    public void Cut_ClockSetBack_NeitherOverlapsNorGoesNegative()
    {
        var ledger = Open();
        ledger.Open(_allocation, _time.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(20));
        See(ledger);
        ledger.Cut();
        _time.JumpTo(_time.GetUtcNow() - TimeSpan.FromMinutes(10));
        _time.Advance(TimeSpan.FromMinutes(9));
        See(ledger);
        ledger.Cut();
        _time.Advance(TimeSpan.FromMinutes(2));
        See(ledger);
        ledger.Cut();

        AssertDisjoint(ledger.Peek(100));
        Assert.Equal(TimeSpan.FromSeconds(80), Total(ledger));
    }

    [Fact]
    public void Cut_ClockSetAhead_MetersOnlyWhatPassed()
    {
        var ledger = Open();
        ledger.Open(_allocation, _time.GetUtcNow());
        _time.Advance(TimeSpan.FromSeconds(20));
        See(ledger);
        _time.JumpTo(_time.GetUtcNow() + TimeSpan.FromDays(300));
        _time.Advance(TimeSpan.FromSeconds(5));
        See(ledger);
        _time.Advance(TimeSpan.FromSeconds(5));
        See(ledger);

        ledger.Cut();

        AssertDisjoint(ledger.Peek(100));
        Assert.Equal(TimeSpan.FromSeconds(30), Total(ledger));
    }

    [Fact]
    public void Acknowledge_ThenKilled_SendsTheRestAgainAndNoMore()
    {
        var ledger = Open();
        ledger.Open(_allocation, _time.GetUtcNow());
        _time.Advance(TimeSpan.FromHours(2));
        See(ledger);
        ledger.Cut();
        ledger.Acknowledge(1);

        Assert.Equal(ledger.Peek(10), Open().Peek(10));
        Assert.Equal(2, Open().Waiting);
    }

    /// <summary>However the agent is killed between its steps: the windows are disjoint and add up to what ran.</summary>
    [Fact]
    public void WindowsAddUpToTheRunningTimeUnderRandomKills()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            using var folder = new TempDirectory();
            var file = new StateFile<UsageState>(folder.File("usage.json"), StateJson.Default.UsageState);
            UsageLedger Ledger() => new(file, _time, NullLogger.Instance);
            var allocation = Assignments.Shell("");
            var ledger = Ledger();
            var ran = TimeSpan.Zero;
            DateTimeOffset? startedAt = null;
            for (var step = 0; step < 60; step++)
            {
                switch (random.Next(7))
                {
                    case 0 when startedAt is null:
                        startedAt = _time.GetUtcNow();
                        ledger.Open(allocation, startedAt.Value);
                        break;
                    case 1 when startedAt is not null:
                        ledger.Close(allocation, startedAt, _time.GetUtcNow());
                        ran += UsageWindows.Truncate(_time.GetUtcNow()) - UsageWindows.Truncate(startedAt.Value);
                        startedAt = null;
                        break;
                    case 2 when startedAt is not null:
                        ledger.Saw(allocation.Id, _time.GetUtcNow());
                        break;
                    case 3:
                        ledger.Cut();
                        break;
                    case 4: // kill -9; the next agent finds what runs
                        ledger = Ledger();
                        if (startedAt is { } since)
                        {
                            ledger.Open(allocation, since);
                        }

                        break;
                    default:
                        _time.Advance(TimeSpan.FromMilliseconds(random.Next(1, 900_000)));
                        break;
                }
            }

            if (startedAt is not null)
            {
                ledger.Close(allocation, startedAt, _time.GetUtcNow());
                ran += UsageWindows.Truncate(_time.GetUtcNow()) - UsageWindows.Truncate(startedAt.Value);
            }

            AssertDisjoint(ledger.Peek(10_000));
            Assert.Equal((seed, ran), (seed, Total(ledger)));
        }
    }

    public void Dispose() => _folder.Dispose();

    private UsageLedger Open() => new(
        new StateFile<UsageState>(_folder.File("usage.json"), StateJson.Default.UsageState), _time, NullLogger.Instance);

    private void See(UsageLedger ledger) => ledger.Saw(_allocation.Id, _time.GetUtcNow());

    private static TimeSpan Total(UsageLedger ledger) =>
        TimeSpan.FromMilliseconds(ledger.Peek(int.MaxValue).Sum(sample => sample.VcpuMilliMilliseconds) / VcpuMilli);

    private static void AssertDisjoint(IReadOnlyList<UsageSample> samples)
    {
        foreach (var sample in samples)
        {
            Assert.True(sample.From < sample.To, $"{sample}");
            Assert.True(sample.To <= new DateTimeOffset(sample.From.Date, TimeSpan.Zero).AddHours(sample.From.Hour + 1), $"Spans an hour's end: {sample}");
        }

        foreach (var (earlier, later) in samples.OrderBy(sample => sample.From).Zip(samples.OrderBy(sample => sample.From).Skip(1)))
        {
            Assert.True(earlier.To <= later.From, $"{earlier} overlaps {later}");
        }
    }
}
