using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Cluster.Changes;
using Saas.Hosting.Modules;
using Saas.Provisioning.Absent;
using Saas.Provisioning.Agents;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Client;
using Saas.Provisioning.Deployments;
using Saas.Provisioning.Evaluations;
using Saas.Provisioning.Events;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Namespaces;
using Saas.Provisioning.Nodes;
using Saas.Provisioning.Nomad;
using Saas.Provisioning.Nomad.Blocking;
using Saas.Provisioning.Operator;
using Saas.Provisioning.Quotas;
using Saas.Provisioning.Search;
using Saas.Provisioning.Status;

namespace Saas.Provisioning;

/// <summary>Jobs, allocations, evaluations and nodes in Nomad's API, and the channel that agents poll for work.</summary>
public sealed class ProvisioningModule : IModule
{
    public string Name => "provisioning";

    public IWireProtocol Protocol { get; } = new NomadProtocol();

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(ProvisioningOptions.Read(configuration));
        services.AddSingleton<ClusterEvents>();
        services.AddSingleton<ClusterChanges>();
        services.AddSingleton<ClusterWatch>();
        services.AddSingleton<AnswerIndexes>();
        services.AddSingleton<BlockingQueries>();
        services.AddJobs();
        services.AddSingleton<StopAllocationHandler>();
        services.AddDeployments();
        services.AddNodes();
        services.AddClient();
        services.AddSingleton<EventFeeds>();
        services.AddSingleton<PutQuotaHandler>();
        services.AddSingleton<SchedulerConfigurationHandler>();
        services.AddSingleton<Heartbeats>();
        services.AddSingleton<CellWatch>();
        services.AddSingleton(static _ => new DefinitionCache());
        services.AddSingleton(static _ => new DocumentCache());
        services.AddSingleton<AssignmentReader>();
        services.AddSingleton(static _ => new RowCache<AllocationRecord>(ClusterJson.Default.AllocationRecord));
        services.AddSingleton<AllocationReader>();
        services.AddSingleton<AllocationPager>();
        services.AddSingleton<PutNodeHandler>();
        services.AddSingleton<PollAssignmentHandler>();
        services.AddSingleton<ReportAllocationsHandler>();
        services.AddSingleton<ReportUsageHandler>();
    }

    public void MapRoutes(IRouteTable routes)
    {
        routes.MapJobs();
        ListAllocations.Map(routes);
        ReadAllocation.Map(routes);
        StopAllocation.Map(routes);
        ReadAllocationServices.Map(routes);
        ListEvaluations.Map(routes);
        ReadEvaluation.Map(routes);
        DeleteEvaluations.Map(routes);
        routes.MapDeployments();
        routes.MapNodes();
        routes.MapClient();
        ReadNamespaces.Map(routes);
        ReadQuotas.Map(routes);
        PutQuota.Map(routes);
        SchedulerConfiguration.Map(routes);
        ReadStatus.Map(routes);
        ReadEventStream.Map(routes);
        PrefixSearch.Map(routes);
        FuzzySearch.Map(routes);
        ListNothing.Map(routes);

        Enrol.Map(routes);
        IssueToken.Map(routes);
        PutNode.Map(routes);
        PollAssignment.Map(routes);
        ReportAllocations.Map(routes);
        ReportUsage.Map(routes);
    }

    /// <summary>None: everything here is done within a request; what takes longer is the scheduler's.</summary>
    public void MapTriggers(ITriggerTable triggers)
    {
    }
}
