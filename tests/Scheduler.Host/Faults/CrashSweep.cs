using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Scheduler.Host.Tests.Faults;

/// <param name="Kind">Before the call reaches the store, or after it took effect.</param>
/// <param name="WritesOnly">Reads are no points of their own.</param>
/// <param name="Survives">The store fails once, and the host lives on.</param>
internal readonly record struct FaultKind(KillAt Kind, bool WritesOnly, bool Survives)
{
    /// <summary>It dies at every storage call: all there are, for dying after a read is dying before the next call.</summary>
    public static FaultKind[] Deaths { get; } = [new(KillAt.BeforeTheCall, false, false), new(KillAt.AfterTheCall, true, false)];

    /// <summary>A fault of the service at every storage call; and an answer that is lost, of every write.</summary>
    public static FaultKind[] Faults { get; } = [new(KillAt.BeforeTheCall, false, true), new(KillAt.AfterTheCall, true, true)];

    /// <summary>Where reads are slow: what may have become of each write.</summary>
    public static FaultKind[] AtWrites { get; } = [new(KillAt.BeforeTheCall, true, false), new(KillAt.AfterTheCall, true, true)];
}

/// <summary>Plays a scenario with a fault at the first storage call of its leader, at the second, and so on to the last.</summary>
internal static class CrashSweep
{
    private const int MoreThanThereAre = 5000;

    /// <param name="storeFor">By a name that no other run has; null: in memory.</param>
    /// <returns>How many points there were.</returns>
    public static async Task<int> RunAsync(CrashScenario scenario, FaultKind kind, Func<string, ITableStore>? storeFor)
    {
        for (var call = 1; ; call++)
        {
            Assert.InRange(call, 1, MoreThanThereAre);
            try
            {
                if (!await PlayAsync(scenario, kind, call, storeFor))
                {
                    return call - 1;
                }
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"{scenario.Name}, {kind}, call {call}: {error.Message}", error);
            }
        }
    }

    /// <returns>Whether there is such a call.</returns>
    private static async Task<bool> PlayAsync(CrashScenario scenario, FaultKind kind, int call, Func<string, ITableStore>? storeFor)
    {
        var world = new World();
        var play = new Play(world);
        await scenario.Prepare(play);
        await play.ReplaceHostAsync(store: null);
        if (storeFor is not null)
        {
            await world.MoveToAsync(storeFor(Unique.Name("run")));
        }

        var store = new FaultyStore(world.Platform.Store, call, kind.Kind) { WritesOnly = kind.WritesOnly, Survives = kind.Survives };
        await play.ReplaceHostAsync(store);
        await scenario.Act(play);
        await play.SettleAsync(scenario.Expected);
        return store.HasStruck;
    }
}
