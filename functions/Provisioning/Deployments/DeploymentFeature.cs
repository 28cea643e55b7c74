using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Modules;

namespace Saas.Provisioning.Deployments;

/// <summary>What the app has of deployments: one file an operation.</summary>
internal static class DeploymentFeature
{
    public static void AddDeployments(this IServiceCollection services)
    {
        services.AddSingleton<DeploymentChanges>();
        services.AddSingleton<PromoteDeploymentHandler>();
        services.AddSingleton<PauseDeploymentHandler>();
        services.AddSingleton<FailDeploymentHandler>();
        services.AddSingleton<SetAllocationHealthHandler>();
    }

    public static void MapDeployments(this IRouteTable routes)
    {
        ListDeployments.Map(routes);
        ReadDeployment.Map(routes);
        PromoteDeployment.Map(routes);
        PauseDeployment.Map(routes);
        FailDeployment.Map(routes);
        UnblockDeployment.Map(routes);
        SetAllocationHealth.Map(routes);
    }
}
