using Saas.Cluster;
using Saas.Scheduler.Core.Model;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Cells;

/// <summary>How the cell is scheduled, and what its projects may use: rows that users write.</summary>
internal sealed class CellSettings(CellId cell, CellEnvironment environment)
{
    private readonly TenantScope _tenant = environment.Scope.For(cell.Tenant);
    private HashSet<string> _limited = [];

    public async Task LoadAsync(CellState state, CancellationToken ct)
    {
        var settings = await _tenant.SchedulerSettingsOf().GetAsync(cell.Region, ClusterJson.Default.SchedulerSettings, ct);
        state.Cluster.Settings = settings is null ? PlacementSettings.Default : ToCore(settings.Value);

        var limited = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var row in _tenant.ProjectQuotasOf().ReadAllAsync(RowRange.Prefix(cell.Region + "|"), ClusterJson.Default.ProjectQuota, ct))
        {
            var quota = row.Value;
            limited.Add(quota.ProjectId);
            state.Cluster.Quotas.Set(quota.ProjectId, new Quota(quota.CpuMhz, quota.Cores, quota.MemoryMb, quota.DiskMb, quota.Allocations));
        }

        foreach (var projectId in _limited.Where(projectId => !limited.Contains(projectId)))
        {
            state.Cluster.Quotas.Set(projectId, null);
        }

        _limited = limited;
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
