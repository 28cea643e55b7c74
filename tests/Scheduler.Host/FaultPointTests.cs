using System.Diagnostics;
using Saas.Scheduler.Host.Tests.Faults;
using Saas.Storage.Sqlite;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests;

/// <summary>
/// A leader fails at each of its storage calls, one after the other, from taking its lease over reading the inbox to
/// acknowledging, in the midst of everything it can be asked for. Its successor, and agents that do as they are told, must
/// always end in the same place; and at no time do the rows say what must never be.
/// </summary>
public sealed class FaultPointTests(ITestOutputHelper output)
{
    public static TheoryData<string> Scenarios => CrashScenario.Names;

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task TheStoreFailsAtEveryCall(string scenario) => await SweepAsync(scenario, FaultKind.Faults, storeFor: null);

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task TheLeaderDiesAtEveryStorageCallOnSqlite(string scenario)
    {
        var directory = Directory.CreateDirectory(Path.Combine(MemoryOrTemp(), Path.GetRandomFileName()));
        try
        {
            using var store = new SqliteTableStore(Path.Combine(directory.FullName, "store.db"));
            await SweepAsync(scenario, FaultKind.Deaths, name => new StoreSlice(store, name));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>It is the process that dies here, not the disk: thousands of flushes would only take minutes.</summary>
    private static string MemoryOrTemp() => Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private async Task SweepAsync(string scenario, FaultKind[] kinds, Func<string, ITableStore>? storeFor)
    {
        foreach (var kind in kinds)
        {
            var watch = Stopwatch.StartNew();
            var points = await CrashSweep.RunAsync(CrashScenario.All[scenario], kind, storeFor);
            output.WriteLine($"{scenario}, {kind}: {points} points in {watch.Elapsed.TotalSeconds:F1} s");
            Assert.True(points > 10, $"{points} points");
        }
    }
}
