using Saas.Cluster;
using Saas.Scheduler.Core.Model;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Cells;

/// <summary>How the cell is scheduled, and what its projects may use: rows that users write.</summary>
internal sealed class CellSettings(CellId cell, CellEnvironment environment)
{
    private static readonly JobKind[] Kinds = [JobKind.Service, JobKind.Batch, JobKind.System, JobKind.SysBatch];

    private readonly TenantScope _tenant = environment.Scope.For(cell.Tenant);

    /// <summary>Puts the rows as they are into the cluster.</summary>
    /// <returns>What is other than before, as far as a job that waits could be helped by it.</returns>
    public async Task<SettingsNews> LoadAsync(CellState state, CancellationToken ct)
    {
        var row = await _tenant.SchedulerSettingsOf().GetAsync(cell.Region, ClusterJson.Default.SchedulerSettings, ct);
        var (before, after) = (state.Cluster.Settings, row is null ? PlacementSettings.Default : ToCore(row.Value));
        state.Cluster.Settings = after;
        state.SetMemoryOversubscription(row is { Value.MemoryOversubscription: true });

        var changed = new List<string>();
        var limited = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var stored in _tenant.ProjectQuotasOf().ReadAllAsync(RowRange.Prefix(cell.Region + "|"), ClusterJson.Default.ProjectQuota, ct))
        {
            var quota = stored.Value;
            limited.Add(quota.ProjectId);
            Set(quota.ProjectId, new Quota(quota.CpuMhz, quota.Cores, quota.MemoryMb, quota.DiskMb, quota.Allocations));
        }

        foreach (var projectId in state.Cluster.Quotas.Limited.Where(projectId => !limited.Contains(projectId)))
        {
            Set(projectId, null);
        }

        return new SettingsNews([.. Kinds.Where(kind => after.MayPreempt(kind) && !before.MayPreempt(kind))], changed);

        void Set(string projectId, Quota? quota)
        {
            if (state.Cluster.Quotas.Set(projectId, quota))
            {
                changed.Add(projectId);
            }
        }
    }

    private static PlacementSettings ToCore(SchedulerSettings settings) => new()
    {
        Spread = settings.Algorithm == "spread",
        PreemptForSystem = settings.PreemptForSystem,
        PreemptForSysBatch = settings.PreemptForSysBatch,
        PreemptForService = settings.PreemptForService,
        PreemptForBatch = settings.PreemptForBatch,
    };
}

/// <summary>Changes of settings that could help jobs which wait. How nodes are ranked helps nobody to room.</summary>
/// <param name="Preempting">Types whose jobs may take the room of lower priorities from now on.</param>
/// <param name="Quotas">Projects whose quota is another one.</param>
internal sealed record SettingsNews(IReadOnlyList<JobKind> Preempting, IReadOnlyList<string> Quotas);
