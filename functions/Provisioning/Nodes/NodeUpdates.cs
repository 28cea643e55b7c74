using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Nodes;

/// <summary>What the operations that change a node have in common on the wire.</summary>
internal static class NodeUpdates
{
    /// <summary>For both methods Nomad takes.</summary>
    public static void Map(IRouteTable routes, string operation, string action, RouteHandler handler, Func<IRoute, IRoute> describe)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            describe(routes.Map(method, $"/v1/node/{{nodeId}}/{operation}", NodeRequests.OnNode(action), handler))
                .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.NodeUpdateBody)
                .Problems(StatusCodes.Status404NotFound);
        }
    }

    public static IResult Answer(ApiRequest request, NodeOutcome outcome, IReadOnlyList<string>? evaluations = null)
    {
        if (outcome.Node is not { } node)
        {
            return outcome.Error is { } error ? Problem.Conflict("node-refused", error).AsRefusal() : Problem.NotFound("node").AsRefusal("node not found");
        }

        var index = NodeFacts.IndexOf(node);
        return NomadResponses.Ok(request, new NodeUpdateBody
        {
            NodeModifyIndex = index,
            EvalIDs = evaluations is { Count: > 0 } ? evaluations : null,
            EvalCreateIndex = evaluations is { Count: > 0 } ? index : 0,
            SchedulingEligibility = NodeFacts.EligibilityOf(node),
            Index = index,
        }, ProvisioningJson.Default.NodeUpdateBody, index);
    }
}

/// <summary>Nomad's answers to changes of a node, which differ in what they leave out.</summary>
internal sealed record NodeUpdateBody
{
    public required long NodeModifyIndex { get; init; }

    /// <summary>Null: none were asked for; the scheduler looks at the jobs concerned by itself.</summary>
    public required IReadOnlyList<string>? EvalIDs { get; init; }

    public required long EvalCreateIndex { get; init; }
    public required string SchedulingEligibility { get; init; }
    public required long Index { get; init; }
}
