using System.Security.Cryptography;
using System.Text;
using Saas.Cluster;
using Saas.Identity.Projects;

namespace Saas.Provisioning.Quotas;

/// <summary>Nomad's QuotaSpec. A project has at most one, under the project's name.</summary>
internal sealed record QuotaSpecBody
{
    public required string Name { get; init; }
    public string Description { get; init; } = "";
    public required IReadOnlyList<QuotaLimitBody> Limits { get; init; }
    public long CreateIndex { get; init; } = 1;
    public long ModifyIndex { get; init; } = 1;

    public static QuotaSpecBody Of(ProjectRecord project, IEnumerable<ProjectQuota> quotas) => new()
    {
        Name = project.Name,
        Limits = [.. quotas.Where(quota => quota.ProjectId == project.Id).Select(QuotaLimitBody.Of)],
    };
}

/// <summary>Nomad's QuotaLimit.</summary>
/// <param name="Hash">Names the limit in usages.</param>
internal sealed record QuotaLimitBody(string Region, QuotaResourcesBody RegionLimit, string Hash)
{
    public static QuotaLimitBody Of(ProjectQuota quota) => new(quota.Region, QuotaResourcesBody.Of(quota), HashOf(quota.Region));

    public static string HashOf(string region) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(region)));
}

/// <summary>Nomad's QuotaResources; <paramref name="DiskMB"/> and <paramref name="Allocations"/> are our own. 0: any amount; less: nothing.</summary>
/// <param name="CPU">MHz.</param>
internal sealed record QuotaResourcesBody(long CPU, long Cores, long MemoryMB, long DiskMB, long Allocations)
{
    public static QuotaResourcesBody Of(ProjectQuota quota) =>
        new(ToWire(quota.CpuMhz), ToWire(quota.Cores), ToWire(quota.MemoryMb), ToWire(quota.DiskMb), ToWire(quota.Allocations));

    private static long ToWire(long? limit) => limit switch { null => 0, 0 => -1, { } amount => amount };
}

/// <summary>Nomad's QuotaUsage.</summary>
/// <param name="Used">By the limit's hash.</param>
internal sealed record QuotaUsageBody(string Name, IReadOnlyDictionary<string, QuotaLimitBody> Used, long CreateIndex = 1, long ModifyIndex = 1);
