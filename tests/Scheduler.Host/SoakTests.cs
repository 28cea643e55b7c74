using Saas.Scheduler.Host.Tests.Soak;
using Saas.Storage.Sqlite;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Scheduler.Host.Tests;

/// <summary>Whole hosts in real time, killed at random. Alone: their times are measured.</summary>
[Collection(nameof(SoakCollection))]
public sealed class SoakTests(ITestOutputHelper output)
{
    /// <summary>The most that a dead leader may cost, from its death to the next placement.</summary>
    private static readonly TimeSpan MaxTakeover = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task TwoHostsOverOneStoreAreKilledAtRandomAndNothingIsLostOrDoubled()
    {
        using var directory = new TempDirectory();
        using var store = new SqliteTableStore(directory.File("store.db"));
        var takeovers = await SoakAsync(store, SoakSettings.Length, platform => new SoakHost(platform, store));
        Assert.All(takeovers, static takeover => Assert.InRange(takeover, TimeSpan.Zero, MaxTakeover));
    }

    /// <summary>For half as long. A process takes seconds to start on a busy machine, so takeovers are told and not judged.</summary>
    [Fact]
    public async Task TwoProcessesOverOneStoreAreKilledAtRandomAndNothingIsLostOrDoubled()
    {
        using var directory = new TempDirectory();
        var path = directory.File("store.db");
        using var store = new SqliteTableStore(path);
        await SoakAsync(store, SoakSettings.Length / 2, platform => new SoakProcess(path, platform.Options));
    }

    private async Task<IReadOnlyList<TimeSpan>> SoakAsync(ITableStore store, TimeSpan length, Func<TestPlatform, ISoakHost> start)
    {
        var seed = SoakSettings.Seed;
        output.WriteLine($"Seed {seed}");
        await using var run = new SoakRun(store, seed, start);
        try
        {
            await run.RunAsync(length);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"Seed {seed} (SAAS_SOAK_SEED={seed} repeats it): {error.Message}", error);
        }

        output.WriteLine(
            $"{run.Changes} changes by users, {run.Takeovers.Count} hosts killed, the longest takeover "
            + $"{run.Takeovers.Max().TotalSeconds:F1} s, {run.Looks} looks at the rows.");
        return run.Takeovers;
    }

    [Fact]
    public async Task DeadLeader_WithDefaultOptions_IsReplacedInLessThanTenSeconds()
    {
        using var directory = new TempDirectory();
        using var store = new SqliteTableStore(directory.File("store.db"));
        var platform = new TestPlatform(store, TimeProvider.System);
        await platform.EnrolAsync("node_a");
        await platform.SubmitAsync("before");
        await using var first = new SoakHost(platform, store);
        await Poll.UntilAsync(async () => (await platform.LiveAsync("before")).Count == 1, "the first host to lead");
        await using var second = new SoakHost(platform, store);

        first.Kill();
        var killedAt = TimeProvider.System.GetTimestamp();
        await platform.SubmitAsync("after");
        await platform.SendAsync(platform.JobNews("after"));
        await Poll.UntilAsync(async () => (await platform.LiveAsync("after")).Count == 1, "the second host to lead");

        var takeover = TimeProvider.System.GetElapsedTime(killedAt);
        output.WriteLine($"Taken over after {takeover.TotalSeconds:F1} s");
        Assert.InRange(takeover, TimeSpan.Zero, MaxTakeover);
    }
}

[CollectionDefinition(nameof(SoakCollection), DisableParallelization = true)]
public sealed class SoakCollection;
