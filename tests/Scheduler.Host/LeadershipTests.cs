using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Scheduler.Host.Cells;
using Saas.Scheduler.Host.Tests.Faults;
using Saas.Storage.Tables;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

public sealed class LeadershipTests(ITestOutputHelper output)
{
    private readonly TestPlatform _platform = new();

    [Fact]
    public async Task DeposedLeaderThatStillRunsCannotWrite()
    {
        await _platform.EnrolAsync("node_a");
        var old = (await _platform.OpenAsync(epoch: 1))!;
        var current = (await _platform.OpenAsync(epoch: 2))!;
        await _platform.SubmitAsync(groups: Group(count: 3));

        await Assert.ThrowsAsync<DeposedException>(() => old.WorkAsync([_platform.JobNews()], CancellationToken.None));
        Assert.Empty(await _platform.AssignedAsync());

        await current.WorkAsync([_platform.JobNews()], CancellationToken.None);
        Assert.Equal(3, (await _platform.LiveAsync()).Count);
    }

    public static TheoryData<string> Scenarios => CrashScenario.Names;

    /// <summary>Each of its writes, of whatever kind, one after the other.</summary>
    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task LeaderThatStoodStillBeforeAnyWriteWritesNoPlacementWhenItGoesOn(string name)
    {
        var (scenario, stood) = (CrashScenario.All[name], new List<StoreCall>());
        for (var write = 1; ; write++)
        {
            Assert.InRange(write, 1, 2000);
            var play = new DeposedPlay(new World(), write);
            try
            {
                await scenario.Prepare(play);
                await play.BeginAsync();
                await scenario.Act(play);
                await play.SettleAsync(scenario.Expected);
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"{name}, stood before write {write}, {play.StoodBefore}: {error.Message}", error);
            }

            if (play.StoodBefore is not { } call)
            {
                break;
            }

            stood.Add(call);
        }

        var documents = stood.Count(static call => call.Table == ClusterTables.Assignments);
        var definitions = stood.Count(static call => call.Partition.Contains("definitions", StringComparison.Ordinal));
        output.WriteLine($"{name}: {stood.Count} writes, {documents} of documents and their fences, {definitions} of definitions");
        Assert.True(documents > AssignmentTables.Shards, $"{documents} writes of documents");
        Assert.True(definitions > 0, "no write of definitions");
    }

    [Fact]
    public async Task OlderEpochDoesNotOpenACell()
    {
        await _platform.OpenAsync(epoch: 2);
        Assert.Null(await _platform.OpenAsync(epoch: 1));
    }

    [Fact]
    public async Task DocumentChangedBehindTheLeaderIsReadAgainAndPlannedAgain()
    {
        await _platform.EnrolAsync("node_a");
        await _platform.SubmitAsync();
        var cell = (await _platform.OpenAsync(epoch: 1))!;
        var rows = _platform.Rows.AssignmentsOfNode(Region, "node_a");
        var document = (await rows.GetAsync("node_a", CancellationToken.None))!;
        await rows.WriteAsync(TableWrite.Upsert("node_a", document.Value), CancellationToken.None);

        await _platform.SubmitAsync(groups: Group(count: 2));
        await cell.WorkAsync([_platform.JobNews()], CancellationToken.None);

        Assert.Equal([0, 1], (await _platform.LiveAsync()).Select(static entry => entry.Allocation.Index).Order());
        Assert.Equal(2, (await _platform.AssignedAsync()).Count);
    }
}
