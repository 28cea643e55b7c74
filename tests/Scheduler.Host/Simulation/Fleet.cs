using Saas.Cluster;
using Saas.Contracts.Agents;

namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>The nodes, their agents, and what happens to them.</summary>
internal sealed class Fleet(World world)
{
    private const int AtFirst = 14;
    private const int AtMost = 22;

    private static readonly TimeSpan BeatEvery = TimeSpan.FromSeconds(20);

    private readonly SortedDictionary<string, SimulatedAgent> _agents = new(StringComparer.Ordinal);
    private readonly HashSet<string> _looking = [];
    private int _joined;

    public async Task BeginAsync()
    {
        for (var i = 0; i < AtFirst; i++)
        {
            await JoinAsync();
        }

        world.Agenda.Background(BeatEvery, BeatAsync);
        world.Agenda.Background(world.Chance.Seconds(60, 300), HappenAsync);
    }

    public SimulatedAgent AgentOf(string nodeId) => _agents[nodeId];

    /// <summary>What runs on any machine, whether it can be heard or not.</summary>
    public IEnumerable<(string NodeId, AssignedAllocation Allocation)> Running =>
        _agents.SelectMany(static agent => agent.Value.Running.Select(allocation => (agent.Key, allocation)));

    public bool IsOnline(string nodeId) => _agents[nodeId].IsOnline;

    /// <summary>The node's document changed: its agent hears of it soon, and looks.</summary>
    public void Tell(string nodeId)
    {
        if (_looking.Add(nodeId))
        {
            world.Agenda.In(world.Chance.Seconds(0, 2), () =>
            {
                _looking.Remove(nodeId);
                _agents[nodeId].Look();
            });
        }
    }

    /// <summary>All that are cut off are heard again.</summary>
    public async Task ReturnAllAsync()
    {
        foreach (var (id, agent) in _agents.Where(entry => !entry.Value.IsOnline && !NodeOf(entry.Key).Revoked).ToArray())
        {
            await ReturnAsync(id, agent);
        }
    }

    private NodeRecord NodeOf(string id) => world.Mirror.Nodes[id];

    private async Task BeatAsync()
    {
        foreach (var (id, _) in _agents.Where(static entry => entry.Value.IsOnline))
        {
            await world.Provisioning.BeatAsync(id);
        }

        world.Agenda.Background(BeatEvery, BeatAsync);
    }

    private async Task HappenAsync()
    {
        world.Agenda.Background(world.Chance.Seconds(30, 500), HappenAsync);
        if (world.IsQuiet)
        {
            return;
        }

        var chance = world.Chance;
        var nodes = world.Mirror.Nodes.Values.Where(static node => !node.Revoked).ToArray();
        var node = chance.Any(nodes)!;
        switch (chance.Below(20))
        {
            case < 2 when nodes.Length < AtMost:
                await JoinAsync();
                break;
            case < 8:
                Silence(node.Id);
                break;
            case 8 when nodes.Length > AtFirst - 4:
                _agents[node.Id].FallSilent();
                await world.Provisioning.ChangeNodeAsync(node.Id, before => before! with
                {
                    Revoked = true, Status = NodeStatus.Down, StatusChangedAt = world.Clock.GetUtcNow(),
                });
                break;
            case < 11:
                await world.Provisioning.ChangeNodeAsync(node.Id, static before => before! with { Ineligible = !before.Ineligible });
                break;
            case < 15:
                await DrainAsync(node.Id);
                break;
            case < 17:
                await OpenAllAsync();
                break;
            default:
                await world.Provisioning.ChangeNodeAsync(node.Id, before => before!.Fingerprint is { } fingerprint
                    ? before with { Fingerprint = FingerprintMaker.Changed(fingerprint, chance) }
                    : null);
                break;
        }
    }

    private async Task JoinAsync()
    {
        var id = $"node_{_joined:D26}";
        var fingerprint = FingerprintMaker.Any(_joined, world.Chance);
        _joined++;
        _agents.Add(id, new SimulatedAgent(world, id));
        await world.Provisioning.ChangeNodeAsync(id, _ => FingerprintMaker.Node(id, fingerprint, world.Chance, world.Clock.GetUtcNow()));
        await world.Provisioning.BeatAsync(id);
        world.Agenda.In(world.Chance.Seconds(1, 20), () => world.Provisioning.ChangeNodeAsync(id, before => before is { Revoked: false }
            ? before with { Fingerprint = fingerprint, Status = NodeStatus.Ready, StatusChangedAt = world.Clock.GetUtcNow() }
            : null));
    }

    private void Silence(string id)
    {
        var agent = _agents[id];
        if (!agent.IsOnline)
        {
            return;
        }

        agent.FallSilent();
        var chance = world.Chance;
        world.Agenda.Background(chance.OneIn(3) ? chance.Seconds(5, 55) : chance.Seconds(60, 2400), () =>
            agent.IsOnline || NodeOf(id).Revoked ? Task.CompletedTask : ReturnAsync(id, agent));
    }

    private async Task ReturnAsync(string id, SimulatedAgent agent)
    {
        await world.Provisioning.BeatAsync(id);
        agent.Return(rebooted: world.Chance.OneIn(3));

        // A returning agent says what it is, sometimes before anybody has noticed that it was away.
        if (world.Chance.OneIn(3))
        {
            await world.Provisioning.ChangeNodeAsync(id, before => before is { Fingerprint: not null, Revoked: false, Status: not NodeStatus.Ready }
                ? before with { Status = NodeStatus.Ready, StatusChangedAt = world.Clock.GetUtcNow() }
                : null);
        }
    }

    private Task DrainAsync(string id)
    {
        var chance = world.Chance;
        TimeSpan? deadline = chance.Below(4) switch
        {
            0 => null,
            1 => TimeSpan.Zero,
            _ => chance.Seconds(60, 1800),
        };
        var drain = new NodeDrain(world.Clock.GetUtcNow(), deadline, chance.OneIn(3));
        return world.Provisioning.ChangeNodeAsync(id, before => before! with
        {
            Drain = before.Drain is null || chance.OneIn(2) ? drain : null,
            Ineligible = true,
        });
    }

    /// <summary>Operators find nodes that were left closed.</summary>
    private async Task OpenAllAsync()
    {
        foreach (var node in world.Mirror.Nodes.Values.Where(static node => node is { Ineligible: true, Drain: null, Revoked: false }).ToArray())
        {
            if (world.Chance.OneIn(2))
            {
                await world.Provisioning.ChangeNodeAsync(node.Id, static before => before! with { Ineligible = before.Drain is not null });
            }
        }
    }
}
