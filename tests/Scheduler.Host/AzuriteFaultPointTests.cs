using System.Diagnostics;
using Saas.Scheduler.Host.Tests.Faults;
using Saas.Scheduler.Host.Tests.Soak;
using Saas.Storage.AzureTables;
using Saas.TestKit;

namespace Saas.Scheduler.Host.Tests;

/// <summary>
/// As <see cref="FaultPointTests"/>, over the table service: the leader dies before each of its writes, and the answer to
/// each is lost. Two scenarios each time; all of them in the long run.
/// </summary>
public sealed class AzuriteFaultPointTests(ITestOutputHelper output) : IAsyncLifetime
{
    private Azurite _azurite = null!;

    public static TheoryData<string> Scenarios =>
        [.. CrashScenario.All.Keys.Where(static name => SoakSettings.IsLong || name is "a node is drained" or "rolling update")];

    public async ValueTask InitializeAsync() => _azurite = await Azurite.StartAsync();

    public ValueTask DisposeAsync() => _azurite.DisposeAsync();

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task TheLeaderFailsAtEveryWriteToTheTableService(string scenario)
    {
        var store = AzureTableStore.FromConnectionString(_azurite.ConnectionString);
        foreach (var kind in FaultKind.AtWrites)
        {
            var watch = Stopwatch.StartNew();
            var points = await CrashSweep.RunAsync(CrashScenario.All[scenario], kind, name => new StoreSlice(store, name));
            output.WriteLine($"{scenario}, {kind}: {points} points in {watch.Elapsed.TotalSeconds:F1} s");
            Assert.True(points > 10, $"{points} points");
        }
    }
}
