using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Cluster;

/// <summary>Where the shared rows are. One place, so that Provisioning, the scheduler and billing cannot disagree.</summary>
public static class ClusterTables
{
    public const string Jobs = "jobs";
    public const string Nodes = "nodes";
    public const string Heartbeats = "heartbeats";
    public const string Assignments = "assignments";
    public const string Allocations = "allocations";

    public const string Registry = "registry";
    public const string Scheduling = "scheduling";

    public const string JobRowPrefix = "job|";
    public const string EvaluationRowPrefix = "eval|";
    public const string DeploymentRowPrefix = "deployment|";
    public const string VersionRowPrefix = "version|";
    public const string LaunchRowPrefix = "launch|";

    /// <summary>The project's index (8 bytes, big-endian), raised by every write to its jobs.</summary>
    public const string IndexRow = "!index";

    /// <summary>A project's jobs and evaluations.</summary>
    public static TablePartition JobsOf(this TenantScope tenant, string projectId) => tenant.Partition(Jobs, projectId);

    public static string JobRow(string jobId) => JobRowPrefix + TableKeys.Escape(jobId);
    public static string EvaluationRow(string evaluationId) => EvaluationRowPrefix + evaluationId;

    public static string DeploymentRow(string deploymentId) => DeploymentRowPrefix + deploymentId;

    /// <summary>How far a periodic job's launches are decided: see <see cref="Periodic.PeriodicLaunchRecord"/>.</summary>
    public static string LaunchRow(string jobId) => LaunchRowPrefix + TableKeys.Escape(jobId);

    /// <summary>A job as one submission left it; kept for a revert. Versions sort by their number.</summary>
    public static string VersionRow(string jobId, long version) =>
        VersionRowsOf(jobId) + version.ToString("D19", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>What the rows of all versions of a job begin with.</summary>
    public static string VersionRowsOf(string jobId) => VersionRowPrefix + TableKeys.Escape(jobId) + "|";

    /// <summary>How each region's cell is scheduled; a row's key is the region. See <see cref="SchedulerSettings"/>.</summary>
    public static TablePartition SchedulerSettingsOf(this TenantScope tenant) => tenant.Partition(Scheduling, "settings");

    /// <summary>What projects may use; a row's key is the region, a bar and the project's id. See <see cref="ProjectQuota"/>.</summary>
    public static TablePartition ProjectQuotasOf(this TenantScope tenant) => tenant.Partition(Scheduling, "quotas");

    /// <summary>All nodes of the tenant; a row's key is the node id.</summary>
    public static TablePartition NodesOf(this TenantScope tenant) => tenant.Partition(Nodes);

    /// <summary>Node pools that somebody has described; a row's key is the pool's name.</summary>
    public static TablePartition NodePoolsOf(this TenantScope tenant) => tenant.Partition(Scheduling, "pools");

    public static TablePartition HeartbeatsOf(this TenantScope tenant) => tenant.Partition(Heartbeats);

    /// <summary>A row's key is the allocation id.</summary>
    public static TablePartition AllocationsOf(this TenantScope tenant) => tenant.Partition(Allocations);

    /// <summary>What the registry keeps of the tenant as a whole: which site is its primary datacenter, and which domains there are.</summary>
    public static TablePartition RegistryOf(this TenantScope tenant) => tenant.Partition(Registry);

    /// <summary>A domain of the registry: a project's catalog, KV and sessions in one datacenter.</summary>
    /// <param name="datacenter">The site's id, or what stands for the primary one.</param>
    public static TablePartition RegistryDomainOf(this TenantScope tenant, string projectId, string datacenter) =>
        tenant.Partition(Registry, projectId, datacenter);

    public const string RegistryDomainPrefix = "domain|";

    /// <summary>The row that says that there is the domain.</summary>
    public static string RegistryDomainRow(string projectId, string datacenter) => string.Concat(RegistryDomainPrefix, projectId, "|", datacenter);

    /// <summary>
    /// Records of allocations whose job was purged: they count for no job any more, but usage of their last moments is
    /// reported when they have already gone.
    /// </summary>
    public static TablePartition PurgedAllocationsOf(this TenantScope tenant) => tenant.Partition(Allocations, "purged");
}

/// <summary>Queues between the apps and the scheduler.</summary>
public static class ClusterQueues
{
    public const string SchedulerInbox = "schedulerinbox";
    public const string Usage = "usage";
}

/// <summary>Topics of <see cref="Storage.Signals.IChangeSignal"/>.</summary>
public static class ClusterTopics
{
    public static string Assignment(string nodeId) => "assignment:" + nodeId;

    /// <summary>Nodes, jobs or allocations of a tenant changed.</summary>
    public static string Tenant(string tenantId) => "cluster:" + tenantId;
}
