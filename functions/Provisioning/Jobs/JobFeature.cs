using Microsoft.Extensions.DependencyInjection;
using Saas.Cluster.Jobs;
using Saas.Hosting.Modules;
using Saas.Provisioning.Jobs.Dispatch;
using Saas.Provisioning.Jobs.Planning;
using Saas.Provisioning.Jobs.Scaling;
using Saas.Provisioning.Jobs.Validation;
using Saas.Provisioning.Jobs.Versions;

namespace Saas.Provisioning.Jobs;

/// <summary>The routes of jobs, and who answers them.</summary>
internal static class JobFeature
{
    public static void AddJobs(this IServiceCollection services)
    {
        services.AddSingleton<JobLedger>();
        services.AddSingleton<JobChanges>();
        services.AddSingleton<JobPlaces>();
        services.AddSingleton<DispatchJobHandler>();
        services.AddSingleton<RegisterJobHandler>();
        services.AddSingleton<DeregisterJobHandler>();
        services.AddSingleton<PlanJobHandler>();
        services.AddSingleton<TrialAsker>();
        services.AddSingleton<RevertJobHandler>();
        services.AddSingleton<MarkStableHandler>();
        services.AddSingleton<TagVersionHandler>();
        services.AddSingleton<ScaleJobHandler>();
        services.AddSingleton<EvaluateJobHandler>();
        services.AddSingleton<ForcePeriodicHandler>();
        services.AddSingleton<ParseJobHandler>();
    }

    public static void MapJobs(this IRouteTable routes)
    {
        RegisterJob.Map(routes);
        DeregisterJob.Map(routes);
        DispatchJob.Map(routes);
        ForcePeriodic.Map(routes);
        EvaluateJob.Map(routes);
        PlanJob.Map(routes);
        RevertJob.Map(routes);
        MarkStable.Map(routes);
        TagVersion.Map(routes);
        JobSubmissions.Map(routes);
        ListVersions.Map(routes);
        ScaleJob.Map(routes);
        ReadScale.Map(routes);
        ValidateJob.Map(routes);
        JobDeployments.Map(routes);
        JobServices.Map(routes);
        ParseJob.Map(routes);
        ListJobs.Map(routes);
        ReadStatuses.Map(routes);
        ReadJob.Map(routes);
    }
}
