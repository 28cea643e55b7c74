using System.Collections.Concurrent;
using Saas.Contracts;

namespace Saas.Scheduler.Host.Cells;

/// <summary>Projects that have jobs, by tenant, as scans and messages showed them. Grows only. Safe for concurrent use.</summary>
internal sealed class ProjectDirectory
{
    private readonly ConcurrentDictionary<TenantId, ConcurrentDictionary<string, bool>> _projects = [];

    public void Add(TenantId tenant, string projectId) => _projects.GetOrAdd(tenant, static _ => []).TryAdd(projectId, true);

    public ICollection<string> Of(TenantId tenant) => _projects.TryGetValue(tenant, out var projects) ? projects.Keys : [];
}
