using Saas.Discovery.Model;
using Saas.Registry.Log;
using Saas.Registry.State;
using Saas.Storage;
using Saas.TestKit;

namespace Saas.Registry.Tests.Log;

/// <summary>Who renews lives, who does not ends, and no clock that is set and no late message changes that.</summary>
public sealed class LeaseSweepTests : IDisposable
{
    private static readonly TimeSpan Ttl = TimeSpan.FromSeconds(30);
    private static readonly LeaseTerm Term = new("agent:node_1:1", LeaseKind.Agent, Ttl, "n1");

    private readonly FaultyStore _store = new();
    private readonly FakeTimeProvider _time = new();
    private readonly List<Replica> _replicas = [];

    [Fact]
    public async Task A_silent_lease_ends_after_its_time_and_not_before()
    {
        var replica = await BegunAsync();

        _time.Advance(Ttl - TimeSpan.FromSeconds(1));
        await SweepAsync(replica);
        Assert.True(IsAlive(replica));

        _time.Advance(TimeSpan.FromSeconds(1));
        await SweepAsync(replica);
        Assert.False(IsAlive(replica));
        Assert.False(await replica.Leases.RenewAsync(Term.Id, CancellationToken.None));
    }

    [Fact]
    public async Task Renewed_through_another_instance_it_lives_on()
    {
        var (a, b) = (await BegunAsync(), New());
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(Ttl / 3);
            Assert.True(await b.Leases.RenewAsync(Term.Id, CancellationToken.None));
            await SweepAsync(a);
            await SweepAsync(b);
            Assert.True(IsAlive(a));
        }

        _time.Advance(Ttl + Ttl);
        await SweepAsync(a);
        Assert.False(IsAlive(a));
        await b.ReadAsync(CancellationToken.None);
        Assert.False(IsAlive(b));
    }

    [Fact]
    public async Task A_clock_set_ahead_ends_no_lease()
    {
        var replica = await BegunAsync();
        _time.JumpTo(_time.GetUtcNow().AddDays(1));

        await SweepAsync(replica);
        var fresh = New();
        await fresh.ReadAsync(CancellationToken.None);
        await SweepAsync(fresh);

        Assert.True(IsAlive(replica));
        Assert.True(IsAlive(fresh), "a replica that was just loaded grants ten seconds, whatever the clocks say");
    }

    [Fact]
    public async Task A_renewal_in_the_last_moment_wins_over_the_end()
    {
        var (a, b) = (await BegunAsync(), New());
        await b.ReadAsync(CancellationToken.None);
        _time.Advance(Ttl);
        var renewed = false;
        // Between a's reading of the row and its batch.
        _store.BeforeBatch = async () => renewed = await b.Leases.RenewAsync(Term.Id, CancellationToken.None);

        await SweepAsync(a);

        Assert.True(renewed);
        Assert.True(IsAlive(a));
    }

    [Fact]
    public async Task The_end_of_an_agents_lease_makes_its_node_critical()
    {
        var replica = await BegunAsync();
        _time.Advance(Ttl);
        await SweepAsync(replica);

        var check = replica.Position.State.Catalog.FindNode("n1")!.Checks[HealthStatus.AgentAlive];
        Assert.Equal(HealthStatus.Critical, check.Status);
        Assert.Equal("Agent not live or unreachable", check.Output);
    }

    public void Dispose() => _replicas.ForEach(r => r.Dispose());

    private async Task<Replica> BegunAsync()
    {
        var replica = New();
        await replica.ExecuteAsync(draft =>
        {
            draft.PutNode(new Node { Name = "n1", Address = "10.0.0.1" });
            draft.PutCheck(new HealthCheck { Node = "n1", CheckID = HealthStatus.AgentAlive, Status = HealthStatus.Passing });
            LeaseSweep.Begin(draft, Term);
            return true;
        });
        return replica;
    }

    private Replica New()
    {
        var replica = new Replica(new LogStore(new PlatformScope(_store).Partition(LogRows.Table, "prj", "primary")), new SteadyClock(_time));
        _replicas.Add(replica);
        return replica;
    }

    /// <summary>Twice: the first look may find a renewal that was not known, whose own silence then decides.</summary>
    private static async Task SweepAsync(Replica replica)
    {
        await replica.Leases.SweepAsync(CancellationToken.None);
        await replica.Leases.SweepAsync(CancellationToken.None);
    }

    private static bool IsAlive(Replica replica) => replica.Position.State.Leases.ContainsKey(Term.Id);
}
