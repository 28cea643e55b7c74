using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Hosting.Modules;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Nodes;

/// <summary>Says whether anything new may be placed on a node. What runs there stays.</summary>
internal static class SetNodeEligibility
{
    public static void Map(IRouteTable routes) =>
        NodeUpdates.Map(routes, "eligibility", "nodes:eligibility", HandleAsync, static route => route
            .Summary("Makes a node eligible for new allocations, or ineligible.")
            .Accepts(ProvisioningJson.Strict.NodeEligibilityRequest));

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.NodeEligibilityRequest, null, ct);
        if (!string.IsNullOrEmpty(body.NodeID) && body.NodeID != request.Route("nodeId"))
        {
            return NomadErrors.BadRequest("NodeID", "Node ID does not match the path");
        }

        var outcome = body.Eligibility is NodeFacts.Eligible or NodeFacts.Ineligible
            ? await request.Service<SetNodeEligibilityHandler>().HandleAsync(
                request.Tenant, request.Route("nodeId"), body.Eligibility == NodeFacts.Eligible, ct)
            : NodeOutcome.Refused($"invalid scheduling eligibility \"{body.Eligibility}\"");
        return NodeUpdates.Answer(request, outcome);
    }
}

internal sealed record NodeEligibilityRequest : WriteRequestBody
{
    public string? NodeID { get; init; }

    /// <summary><c>eligible</c> or <c>ineligible</c>.</summary>
    public string? Eligibility { get; init; }
}

internal sealed class SetNodeEligibilityHandler(NodeChanges changes, TimeProvider time)
{
    /// <summary>Repeating it changes nothing.</summary>
    public Task<NodeOutcome> HandleAsync(TenantScope tenant, string nodeId, bool isEligible, CancellationToken ct) => changes.ChangeAsync(
        tenant, nodeId,
        node => isEligible && node.Drain is not null
                ? NodeOutcome.Refused("can not set node's scheduling eligibility to eligible while it is draining")
            : node.Ineligible != isEligible ? NodeOutcome.To(node)
            : NodeOutcome.To((node with { Ineligible = !isEligible }).With(
                isEligible ? NodeEvents.Eligible : NodeEvents.Ineligible, NodeEvents.Cluster, time.GetUtcNow())),
        ct);
}
