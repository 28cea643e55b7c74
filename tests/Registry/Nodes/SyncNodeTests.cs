using Saas.Discovery.Model;
using Saas.Discovery.Sync;
using Saas.Registry.Consul;
using Saas.Registry.Log;
using Saas.Registry.Nodes;
using Saas.Registry.State;

namespace Saas.Registry.Tests.Nodes;

/// <summary>What an agent's messages do to the state: in order, twice, late, and after its node was given up.</summary>
public sealed class SyncNodeTests
{
    private const string Agent = "node_1";

    private RegistryState _state = RegistryState.Genesis;

    [Fact]
    public void A_full_message_makes_the_node_as_it_says_and_alive()
    {
        Assert.Equal(SyncOutcome.Done, Send(Full(1, Service("web"), Service("db"))));
        Assert.Equal(SyncOutcome.Done, Send(Full(2, Service("web"))));

        var node = _state.Catalog.FindNode("n1")!;
        Assert.Equal(["web"], node.Services.Keys);
        Assert.Equal(["check-web", HealthStatus.AgentAlive], node.Checks.Keys.Order());
        Assert.Equal(HealthStatus.Passing, node.Checks[HealthStatus.AgentAlive].Status);
        Assert.Equal(["agent:node_1:2"], _state.Leases.Keys);
    }

    [Fact]
    public void Changes_apply_once_and_in_order()
    {
        Send(Full(1, Service("web")));

        Assert.Equal(SyncOutcome.Done, Send(Change(1, 1) with { Services = [Service("api")] }));
        Assert.Equal(SyncOutcome.Done, Send(Change(1, 2) with { RemovedServices = ["api"] }));
        var index = _state.Index;
        // The first one once more, late: it must not bring the service back.
        Assert.Equal(SyncOutcome.Done, Send(Change(1, 1) with { Services = [Service("api")] }));

        Assert.Equal(index, _state.Index);
        Assert.Null(_state.Catalog.FindService("api"));
        Assert.Equal(SyncOutcome.FullNeeded, Send(Change(1, 4) with { Services = [Service("api")] }));
    }

    [Fact]
    public void A_late_full_message_changes_nothing()
    {
        Send(Full(1, Service("old")));
        Send(Full(2, Service("web")));

        Assert.Equal(SyncOutcome.Stale, Send(Full(1, Service("old"))));

        Assert.Null(_state.Catalog.FindService("old"));
    }

    [Fact]
    public void A_dead_agents_late_messages_revive_nothing()
    {
        Send(Full(1, Service("web")));
        End("agent:node_1:1");
        Assert.Equal(HealthStatus.Critical, _state.Catalog.InstancesOf("web")[0].Status());

        Assert.Equal(SyncOutcome.FullNeeded, Send(Change(1, 0)));
        Assert.Equal(SyncOutcome.FullNeeded, Send(Change(1, 1) with { Services = [Service("api")] }));
        Assert.Equal(SyncOutcome.Stale, Send(Full(1, Service("web"))));

        Assert.Equal(HealthStatus.Critical, _state.Catalog.InstancesOf("web")[0].Status());
        Assert.Equal(SyncOutcome.Done, Send(Full(2, Service("web"))));
        Assert.Equal(HealthStatus.Passing, _state.Catalog.InstancesOf("web")[0].Status());
    }

    [Fact]
    public void A_deregistered_nodes_late_messages_bring_nothing_back()
    {
        Send(Full(3, Service("web")));
        Run(draft => draft.RemoveNode("n1"));

        Assert.Equal(SyncOutcome.FullNeeded, Send(Change(3, 1) with { Services = [Service("web")] }));
        Assert.Equal(SyncOutcome.Stale, Send(Full(2, Service("web"))));

        Assert.Null(_state.Catalog.FindNode("n1"));
        Assert.Null(_state.Catalog.FindService("web"));
    }

    [Fact]
    public void The_same_message_twice_wakes_nobody()
    {
        var full = Full(1, Service("web"));
        Send(full);
        var index = _state.Index;

        Assert.Equal(SyncOutcome.Done, Send(full));
        Assert.Equal(SyncOutcome.Done, Send(Change(1, 0)));

        Assert.Equal(index, _state.Index);
    }

    [Fact]
    public void A_new_generation_that_says_the_same_changes_no_answer()
    {
        Send(Full(1, Service("web")));
        var before = _state.Catalog;

        Send(Full(2, Service("web")));

        Assert.Same(before, _state.Catalog);
    }

    [Fact]
    public void Another_machine_cannot_take_a_living_ones_name_but_a_dead_ones()
    {
        Send(Full(1, Service("web")));
        var taken = Assert.Throws<RegistryException>(() => Send(Full(1, Service("web")), "node_2"));
        Assert.Equal(409, taken.Status);

        End("agent:node_1:1");
        Assert.Equal(SyncOutcome.Done, Send(Full(1, Service("web")), "node_2"));
    }

    [Fact]
    public void A_machine_under_another_name_leaves_its_former_node()
    {
        Send(Full(1, Service("web")));
        Send(Full(2, Service("web")) with { Node = new Node { Name = "n2", Address = "10.0.0.1" } });

        Assert.Null(_state.Catalog.FindNode("n1"));
        Assert.Equal("n2", _state.Catalog.InstancesOf("web").Single().Node.Name);
    }

    [Theory]
    [InlineData("TtlSeconds")]
    [InlineData("Status")]
    [InlineData("Service of check")]
    [InlineData("Own check")]
    [InlineData("Port")]
    public void What_is_wrong_is_refused_whole(string what)
    {
        var good = Full(1, Service("web"));
        var bad = what switch
        {
            "TtlSeconds" => good with { TtlSeconds = 1 },
            "Status" => good with { Checks = [Check("web") with { Status = "fine" }] },
            "Service of check" => good with { Checks = [Check("other")] },
            "Own check" => good with { Checks = [Check("web") with { CheckID = HealthStatus.AgentAlive }] },
            _ => good with { Services = [Service("web") with { Port = 70000 }] },
        };

        var refused = Assert.Throws<RegistryException>(() => Send(bad));

        Assert.Equal(400, refused.Status);
        Assert.Null(_state.Catalog.FindNode("n1"));
    }

    private SyncOutcome Send(NodeSync sync, string agent = Agent)
    {
        SyncRules.Check(sync);
        return Run(draft => SyncNode.Apply(draft, agent, sync));
    }

    private void End(string lease) => Run(draft =>
    {
        LeaseEnding.End(draft, _state.Leases[lease]);
        return true;
    });

    private void Run(Action<Draft> command) => Run(draft =>
    {
        command(draft);
        return true;
    });

    private T Run<T>(Func<Draft, T> command)
    {
        var draft = new Draft(_state, DateTimeOffset.UnixEpoch);
        var result = command(draft);
        _state = draft.State;
        return result;
    }

    private static NodeSync Full(long generation, params ServiceInstance[] services) => new()
    {
        Generation = generation,
        Sequence = 0,
        Full = true,
        Node = new Node { Name = "n1", Address = "10.0.0.1" },
        Services = services,
        Checks = [.. services.Select(s => Check(s.ID))],
    };

    private static NodeSync Change(long generation, long sequence) => new() { Generation = generation, Sequence = sequence };

    private static ServiceInstance Service(string name) => new() { ID = name, Name = name, Port = 80 };

    private static HealthCheck Check(string service) =>
        new() { Node = "n1", CheckID = "check-" + service, ServiceID = service, Status = HealthStatus.Passing };
}
