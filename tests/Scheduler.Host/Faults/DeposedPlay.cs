using Saas.Cluster.Assignments;
using Saas.Scheduler.Host.Cells;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests.Faults;

/// <summary>
/// The leader stands still before one of its writes, for longer than its lease; another takes over and works; then the
/// first goes on where it stood, and never hears that it is not the leader any more but from the store.
/// </summary>
internal sealed class DeposedPlay(World world, int atWrite) : Play(world)
{
    private PausingStore? _pausing;

    /// <summary>What it stood before; null: it does not write that often.</summary>
    public StoreCall? StoodBefore { get; private set; }

    public async Task BeginAsync()
    {
        _pausing = new PausingStore(World.Platform.Store, atWrite);
        await ReplaceHostAsync(_pausing);
    }

    protected override async Task TurnAsync()
    {
        if (_pausing is not { } store || StoodBefore is not null)
        {
            await base.TurnAsync();
            return;
        }

        var turn = Task.Run(Host.TurnAsync);
        if (await Task.WhenAny(turn, store.Reached) == turn)
        {
            await turn;
            return;
        }

        StoodBefore = store.StandsBefore;
        await ReplaceDeadHostAsync();
        await RoundAsync();
        var before = await PlacementsAsync();
        store.Resume();
        try
        {
            await turn;
        }
        catch (DeposedException)
        {
            // It found out by a write that was refused. With nothing fenced left to write, it ends its turn without.
            _pausing = null;
        }

        Assert.Equal(before, await PlacementsAsync());
        await CheckAsync();
    }

    /// <summary>All documents, definitions and fences, each with its ETag.</summary>
    private async Task<IReadOnlyList<string>> PlacementsAsync()
    {
        var (rows, found) = (World.Platform.Rows, new List<string>());
        foreach (var partition in Enumerable.Range(0, AssignmentTables.Shards)
            .Select(shard => rows.AssignmentsOf(TestPlatform.Region, shard)).Append(rows.DefinitionsOf(TestPlatform.Region)))
        {
            await foreach (var row in partition.ReadAllAsync(RowRange.All, CancellationToken.None))
            {
                found.Add($"{row.Partition} {row.Row} {row.ETag}");
            }
        }

        return found;
    }
}
