using System.Globalization;
using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Nodes;
using Saas.Storage;
using Saas.Storage.Signals;

namespace Saas.Provisioning.Agents;

/// <summary>
/// The node's assignment as a blocking query with Consul's rules: the answer comes as soon as the document's index is
/// not the one the agent has seen (also if it is lower: a restored store starts over), else after the wait, with the
/// document as it is. An index is only ever a hint where to continue, so a repeated or late answer is harmless.
/// </summary>
internal static class PollAssignment
{
    private const int MaxWaitSeconds = 60;

    public static void Map(IRouteTable routes) =>
        routes.MapAgent("GET", AgentProtocol.AssignmentPath, "assignment", HandleAsync)
            .Summary("The node's assignment; with index and wait (0 to 60 seconds) a long poll for the next one.")
            .Produces(StatusCodes.Status200OK, AgentJson.Default.NodeAssignment)
            .Problems(StatusCodes.Status404NotFound);

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var index = Number(request, "index", long.MaxValue);
        var wait = TimeSpan.FromSeconds(Number(request, "wait", MaxWaitSeconds));
        var document = await request.Service<PollAssignmentHandler>().HandleAsync(request.Tenant, request.Principal.Id, index, wait, ct);
        return document is null ? Problem.NotFound("node") : Results.Json(document, AgentJson.Default.NodeAssignment);
    }

    private static long Number(ApiRequest request, string name, long max)
    {
        if (request.Query(name) is not { Length: > 0 } text)
        {
            return 0;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
            ? number
            : throw new ProblemException(Problem.Invalid(name, $"Expected a whole number from 0 to {max}."));
    }
}

/// <summary>
/// Waits without a thread: a poll costs a timer, a continuation and its connection. It is woken by the signal of a
/// commit in this process; what others commit it sees by looking once a second (see <see cref="CellWatch"/>). While it
/// waits its connection is open, so its agent is alive: it keeps bumping the node's heartbeat.
/// </summary>
internal sealed class PollAssignmentHandler(
    AssignmentReader assignments, CellWatch watch, Heartbeats heartbeats, IChangeSignal signal, ProvisioningOptions options, TimeProvider time)
{
    /// <returns>Null: there is no such node any more.</returns>
    public async Task<NodeAssignment?> HandleAsync(TenantScope tenant, string nodeId, long index, TimeSpan wait, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        if (await NodeRows.FindAsync(tenant, nodeId, ct) is not { Revoked: false } node)
        {
            return null;
        }

        await heartbeats.HeardAsync(tenant, nodeId, ct);
        if (wait == TimeSpan.Zero)
        {
            return await assignments.ReadAsync(tenant, node.Region, nodeId, ct);
        }

        var topic = ClusterTopics.Assignment(nodeId);
        using var shard = watch.Join(tenant.AssignmentsOfNode(node.Region, nodeId));
        while (true)
        {
            // Both before the document: what changes while it is read is noticed.
            var seen = signal.Version(topic);
            var fence = await shard.FenceAsync(ct);
            if (await assignments.ReadUnlessAsync(tenant, node.Region, nodeId, index, ct) is { } changed)
            {
                return changed;
            }

            do
            {
                var left = wait - time.GetElapsedTime(began);
                if (left <= TimeSpan.Zero)
                {
                    return await assignments.ReadAsync(tenant, node.Region, nodeId, ct);
                }

                await signal.WaitAsync(topic, seen, left < options.AssignmentRecheck ? left : options.AssignmentRecheck, ct);
                await heartbeats.HeardAsync(tenant, nodeId, ct);
            }
            while (signal.Version(topic) == seen && await shard.FenceAsync(ct) == fence);
        }
    }
}
