using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests.Faults;

/// <summary>
/// A scenario as it runs: users and agents act, and between what they do whoever leads the cell has its turns. When the
/// host fails, another takes over (or, where it survived, the same again), and the play goes on. The rows are looked at
/// at every failure, and at the end.
/// </summary>
internal class Play(World world)
{
    private const int MaxRounds = 100;

    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    private readonly Safety _safety = new();
    private SteppedHost _host = new(world, world.Platform.Store, "host_0");
    private FaultyStore? _faults;
    private int _hosts;

    public World World => world;

    public Agents Agents => world.Agents;

    protected SteppedHost Host => _host;

    public Task<ClusterRows> RowsAsync() => ClusterRows.ReadAsync(world.Platform);

    /// <summary>Another host leads from now on; the one before gave its lease up.</summary>
    /// <param name="store">Laid around the world's; null: that itself.</param>
    public async Task ReplaceHostAsync(ITableStore? store)
    {
        await _host.ResignAsync();
        _faults = store as FaultyStore;
        _host = NewHost(store ?? world.Platform.Store);
    }

    /// <summary>Agents act, and the leader hears of it.</summary>
    public async Task RoundAsync()
    {
        await TurnAsync();
        await Agents.ActAsync();
        await TurnAsync();
    }

    /// <summary>Not longer than nodes may be silent: all beat at its end only.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        await world.PassAsync(time);
        await RoundAsync();
    }

    public async Task UntilAsync(string what, Func<ClusterRows, bool> condition)
    {
        for (var round = 0; ; round++)
        {
            var rows = await RowsAsync();
            if (condition(rows))
            {
                return;
            }

            Assert.True(round < MaxRounds, $"Waited for {what}. Now: {string.Join("; ", Settlement.Describe(rows))}");
            await PassAsync(Step);
        }
    }

    /// <summary>All is as expected, and stays so.</summary>
    public async Task SettleAsync(IReadOnlyList<string> expected)
    {
        var sorted = expected.Order(StringComparer.Ordinal).ToArray();
        await UntilAsync(string.Join("; ", sorted), rows => Settlement.Describe(rows).SequenceEqual(sorted));
        await CheckAsync();
        await PassAsync(Step);
        Assert.Equal(sorted, Settlement.Describe(await RowsAsync()));
        await CheckAsync();
    }

    protected virtual async Task TurnAsync()
    {
        try
        {
            await _host.TurnAsync();
        }
        catch (StorageUnavailableException) when (_faults is { HasStruck: true })
        {
            await CheckAsync();
            _host = _faults.Survives ? _host : NewHost(world.Platform.Store);
            await TakeOverAsync();
        }
    }

    /// <summary>A host that did not fail, over a store that answers.</summary>
    protected async Task ReplaceDeadHostAsync()
    {
        _host = NewHost(world.Platform.Store);
        await TakeOverAsync();
    }

    protected async Task CheckAsync()
    {
        var faults = _safety.FaultsOf(await RowsAsync());
        Assert.True(faults.Count == 0, string.Join("; ", faults));
    }

    private async Task TakeOverAsync()
    {
        for (var second = 0; !await _host.TurnAsync(); second++)
        {
            Assert.True(second < 10, "Nobody leads after 10 seconds.");
            await world.PassAsync(TimeSpan.FromSeconds(1));
        }
    }

    private SteppedHost NewHost(ITableStore store) => new(world, store, $"host_{++_hosts}");
}
