using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Modules;
using Saas.Provisioning.Nodes.Pools;

namespace Saas.Provisioning.Nodes;

/// <summary>What the app has of nodes and node pools: one file an operation.</summary>
internal static class NodeFeature
{
    public static void AddNodes(this IServiceCollection services)
    {
        services.AddSingleton<NodeChanges>();
        services.AddSingleton<NodeEvaluations>();
        services.AddSingleton<DrainNodeHandler>();
        services.AddSingleton<SetNodeEligibilityHandler>();
        services.AddSingleton<RevokeNodeHandler>();
        services.AddSingleton<PutNodePoolHandler>();
        services.AddSingleton<DeleteNodePoolHandler>();
    }

    public static void MapNodes(this IRouteTable routes)
    {
        ReadNodes.Map(routes);
        DrainNode.Map(routes);
        SetNodeEligibility.Map(routes);
        EvaluateNode.Map(routes);
        PurgeNode.Map(routes);
        RevokeNode.Map(routes);
        ReadNodePools.Map(routes);
        PutNodePool.Map(routes);
        DeleteNodePool.Map(routes);
    }
}
