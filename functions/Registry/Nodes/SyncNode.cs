using Microsoft.AspNetCore.Http;
using Saas.Discovery.Model;
using Saas.Discovery.Sync;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;
using Saas.Registry.Coordinates;
using Saas.Registry.Domains;
using Saas.Registry.Log;
using Saas.Registry.State;

namespace Saas.Registry.Nodes;

/// <summary>
/// POST /v1/agent/registry/node: an edge agent tells of its node; see <see cref="NodeSync"/>. A life sign touches the
/// agent's lease and nothing else; only changes go into the log.
/// </summary>
internal static class SyncNode
{
    public static void Map(IRouteTable routes) =>
        routes.MapAgent("POST", SyncProtocol.NodePath, HandleAsync)
            .Summary("An agent's node: everything on it, what changed, or a sign of life.")
            .MaxBodyBytes(SyncProtocol.MaxBodyBytes)
            .Accepts(SyncJson.Default.NodeSync)
            .Produces(StatusCodes.Status200OK, SyncJson.Default.NodeSyncResult);

    private static async ValueTask<IResult> HandleAsync(ConsulRequest request, CancellationToken ct)
    {
        var sync = SyncRules.Whole(await request.ReadJsonAsync(SyncJson.Default.NodeSync, ct));
        SyncRules.Check(sync);
        var agent = request.Api.Principal.Id;
        var outcome = IsLifeSign(sync)
            ? Expected(await request.ReadAsync(ct), agent, sync)
            : await request.ExecuteAsync(draft => Apply(draft, agent, sync));
        var state = request.Replica.Position.State;
        var known = state.Agents.GetValueOrDefault(agent);
        if (outcome == SyncOutcome.Done && !await request.Replica.Leases.RenewAsync(known!.LeaseId, ct))
        {
            outcome = SyncOutcome.FullNeeded;
        }

        return ConsulResult.Of(
            new NodeSyncResult
            {
                Outcome = outcome,
                Generation = known?.Generation ?? 0,
                Datacenter = request.Domain.Datacenter,
                Index = state.Index,
                Project = request.Domain.ProjectId,
            },
            SyncJson.Default.NodeSyncResult);
    }

    /// <summary>A command: applies the message, unless it is late.</summary>
    internal static SyncOutcome Apply(Draft draft, string agent, NodeSync sync)
    {
        var outcome = sync.Full ? ApplyFull(draft, agent, sync) : ApplyChanges(draft, agent, sync);
        if (outcome == SyncOutcome.Done)
        {
            CoordinateCommands.Observe(draft, draft.State.Agents[agent].NodeName, sync.RoundTrips);
        }

        return outcome;
    }

    private static SyncOutcome ApplyChanges(Draft draft, string agent, NodeSync sync)
    {
        var outcome = Expected(draft.State, agent, sync);
        var known = draft.State.Agents.GetValueOrDefault(agent);
        if (outcome != SyncOutcome.Done || sync.Sequence <= known!.Sequence)
        {
            return outcome;
        }

        var node = known.NodeName;
        foreach (var id in sync.RemovedChecks.Where(id => id != HealthStatus.AgentAlive))
        {
            draft.RemoveCheck(node, id);
        }

        foreach (var id in sync.RemovedServices)
        {
            draft.RemoveService(node, id);
        }

        Put(draft, node, sync);
        draft.Apply(new AgentRecorded(known with { Sequence = sync.Sequence }));
        return SyncOutcome.Done;
    }

    private static SyncOutcome ApplyFull(Draft draft, string agent, NodeSync sync)
    {
        var node = sync.Node! with { Datacenter = "" };
        var known = draft.State.Agents.GetValueOrDefault(agent);
        if (known is not null && sync.Generation <= known.Generation)
        {
            // The same message once more is no reason to begin again, while what it began still lives.
            return sync.Generation == known.Generation && draft.State.Leases.ContainsKey(known.LeaseId) ? SyncOutcome.Done : SyncOutcome.Stale;
        }

        RefuseTaken(draft.State, agent, node.Name);
        if (known is not null && !string.Equals(known.NodeName, node.Name, StringComparison.OrdinalIgnoreCase))
        {
            draft.RemoveNode(known.NodeName);
        }

        draft.PutNode(node);
        var entry = draft.State.Catalog.FindNode(node.Name)!;
        foreach (var id in entry.Services.Keys.Except(sync.Services.Select(s => s.ID)))
        {
            draft.RemoveService(node.Name, id);
        }

        Put(draft, node.Name, sync);
        foreach (var id in draft.State.Catalog.FindNode(node.Name)!.Checks.Keys.Except(sync.Checks.Select(c => c.CheckID)).Where(id => id != HealthStatus.AgentAlive))
        {
            draft.RemoveCheck(node.Name, id);
        }

        draft.PutCheck(new HealthCheck
        {
            Node = node.Name,
            CheckID = HealthStatus.AgentAlive,
            Name = "Serf Health Status",
            Status = HealthStatus.Passing,
            Output = "Agent alive and reachable",
        });
        if (known is not null)
        {
            draft.Apply(new LeaseEnded(known.LeaseId));
        }

        var registration = new AgentRegistration(agent, node.Name, sync.Generation, 0);
        draft.Apply(new AgentRecorded(registration));
        LeaseSweep.Begin(draft, new LeaseTerm(registration.LeaseId, LeaseKind.Agent, TimeSpan.FromSeconds(sync.TtlSeconds), node.Name));
        return SyncOutcome.Done;
    }

    private static void Put(Draft draft, string node, NodeSync sync)
    {
        foreach (var service in sync.Services)
        {
            draft.PutService(node, service);
        }

        var services = draft.State.Catalog.FindNode(node)!.Services;
        foreach (var check in sync.Checks)
        {
            if (!check.IsOfNode && !services.ContainsKey(check.ServiceID))
            {
                throw RegistryException.BadRequest($"Checks: {check.CheckID} is of a service that is not on the node");
            }

            draft.PutCheck(check with { Node = node });
        }
    }

    /// <summary>What becomes of a message that is not full: done where it continues, or repeats, what is known of a node that lives.</summary>
    private static SyncOutcome Expected(RegistryState state, string agent, NodeSync sync)
    {
        if (!state.Agents.TryGetValue(agent, out var known) || sync.Generation > known.Generation)
        {
            return SyncOutcome.FullNeeded;
        }

        if (sync.Generation < known.Generation)
        {
            return SyncOutcome.Stale;
        }

        var isAlive = state.Leases.ContainsKey(known.LeaseId) && state.Catalog.FindNode(known.NodeName) is not null;
        return isAlive && sync.Sequence <= known.Sequence + (IsLifeSign(sync) ? 0 : 1) ? SyncOutcome.Done : SyncOutcome.FullNeeded;
    }

    private static bool IsLifeSign(NodeSync sync) => sync is
    {
        Full: false, Services.Count: 0, Checks.Count: 0, RemovedServices.Count: 0, RemovedChecks.Count: 0, RoundTrips.Count: 0,
    };

    /// <summary>Two machines of one name would take turns in removing each other's services.</summary>
    private static void RefuseTaken(RegistryState state, string agent, string name)
    {
        var other = state.Agents.Values.FirstOrDefault(a => a.Agent != agent && string.Equals(a.NodeName, name, StringComparison.OrdinalIgnoreCase));
        if (string.Equals(name, RegistryState.OwnNode, StringComparison.OrdinalIgnoreCase) || (other is not null && state.Leases.ContainsKey(other.LeaseId)))
        {
            throw new RegistryException(StatusCodes.Status409Conflict, $"Node name {name} is taken by another machine: give this one another with --name");
        }
    }
}
