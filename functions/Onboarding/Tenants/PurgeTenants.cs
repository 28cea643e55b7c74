using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Cluster.Changes;
using Saas.Cluster.Sessions;
using Saas.Hosting.Modules;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Keys;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Tenants;

/// <summary>
/// The timer that removes tenants whose grace period is over. Their root key goes first: from then on nothing they had
/// encrypted can be read, in this store or in a copy of its rows, however long the rest takes. Then what the cluster and
/// the registry keep of them, and their identity last, because that names the projects and regions to look in. A run that dies is finished by
/// the next. Usage and audit records stay: they are what the last invoice and an enquiry rest on; the key's tombstone
/// stays so that the key is never made anew.
/// </summary>
public sealed partial class PurgeTenants(
    PlatformScope platform, TenantRemoval removal, RootKeyDestruction keys, ILogger<PurgeTenants> logger)
{
    public static void Map(ITriggerTable triggers) =>
        triggers.Timer(nameof(PurgeTenants), "0 */10 * * * *", (services, ct) => services.GetRequiredService<PurgeTenants>().RunAsync(ct));

    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var mark in platform.ScanAsync(IdentityTable.Deletions, ct))
        {
            if (PartitionKeys.TryGetTenant(mark.Partition, out var tenant) && platform.For(tenant) is var scope
                && await removal.IsDueAsync(scope, ct))
            {
                await keys.DestroyAsync(scope, ct);
                await RemoveClusterAsync(scope, ct);
                await RemoveRegistryAsync(scope, ct);
                await removal.FinishAsync(scope, ct);
                Purged(tenant.Value);
            }
        }
    }

    private static async Task RemoveClusterAsync(TenantScope scope, CancellationToken ct)
    {
        foreach (var project in await scope.ProjectsAsync(ct))
        {
            await scope.JobsOf(project.Id).ClearAsync(_ => true, ct);
        }

        foreach (var region in (await scope.SitesAsync(ct)).Select(site => site.Region).Distinct())
        {
            for (var shard = 0; shard < AssignmentTables.Shards; shard++)
            {
                await scope.AssignmentsOf(region, shard).ClearAsync(_ => true, ct);
            }

            await scope.DefinitionsOf(region).ClearAsync(_ => true, ct);
        }

        foreach (var partition in (TablePartition[])
            [scope.NodesOf(), scope.HeartbeatsOf(), scope.AllocationsOf(), scope.PurgedAllocationsOf(),
            scope.SchedulerSettingsOf(), scope.ProjectQuotasOf(), scope.NodePoolsOf(), scope.ChangeMarksOf()])
        {
            await partition.ClearAsync(_ => true, ct);
        }

        // What an instance left behind that was serving a client when it went: parts of files and output.
        await foreach (var session in scope.SessionsOf().ReadAllAsync(RowRange.All, ClusterJson.Default.SessionRecord, ct))
        {
            await SessionRows.CloseAsync(scope, session.Value.NodeId, session.Value.Id, ct);
        }
    }

    /// <summary>The list of domains last, because it says where to look.</summary>
    private static async Task RemoveRegistryAsync(TenantScope scope, CancellationToken ct)
    {
        await foreach (var row in scope.RegistryOf().ReadAllAsync(RowRange.Prefix(ClusterTables.RegistryDomainPrefix), ct))
        {
            if (row.Row[ClusterTables.RegistryDomainPrefix.Length..].Split('|') is [var project, var datacenter])
            {
                await scope.RegistryDomainOf(project, datacenter).ClearAsync(_ => true, ct);
            }
        }

        await scope.RegistryOf().ClearAsync(_ => true, ct);
    }

    [LoggerMessage(1, LogLevel.Information, "Tenant {TenantId} was removed: its grace period is over.")]
    private partial void Purged(string tenantId);
}
