using System.Text.Json;
using Saas.Cluster;
using Saas.Provisioning.Jobs.Validation;

namespace Saas.Provisioning.Quotas;

internal sealed record QuotaRequest
{
    /// <summary>The project's name or id.</summary>
    public string? Name { get; init; }

    /// <summary>Not kept.</summary>
    public string? Description { get; init; }

    public IReadOnlyList<QuotaLimitRequest?>? Limits { get; init; }
    public long CreateIndex { get; init; }
    public long ModifyIndex { get; init; }
}

internal sealed record QuotaLimitRequest
{
    public string? Region { get; init; }
    public QuotaAmounts? RegionLimit { get; init; }
    public string? Hash { get; init; }
    public JsonElement? VariablesLimit { get; init; }

    /// <summary>A member of Nomad's that limits what is not limited here. Null: none says anything; its clients always send them.</summary>
    public string? Unsupported() => Says(VariablesLimit) ? nameof(VariablesLimit) : RegionLimit?.Unsupported();

    internal static bool Says(JsonElement? member) =>
        UnsupportedRules.IsGiven(member) && !(member is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var amount) && amount == 0);
}

/// <summary>As <see cref="QuotaResourcesBody"/>; null as 0.</summary>
internal sealed record QuotaAmounts
{
    public long? CPU { get; init; }
    public long? Cores { get; init; }
    public long? MemoryMB { get; init; }
    public long? DiskMB { get; init; }
    public long? Allocations { get; init; }
    public JsonElement? MemoryMaxMB { get; init; }
    public JsonElement? SecretsMB { get; init; }
    public JsonElement? Devices { get; init; }
    public JsonElement? NUMA { get; init; }
    public JsonElement? Storage { get; init; }
    public JsonElement? NodePools { get; init; }

    public bool AreAmounts(long most) => Math.Max(Math.Max(Math.Max(CPU ?? 0, Cores ?? 0), Math.Max(MemoryMB ?? 0, DiskMB ?? 0)), Allocations ?? 0) <= most;

    /// <inheritdoc cref="QuotaLimitRequest.Unsupported"/>
    public string? Unsupported()
    {
        var members = new (string Name, JsonElement? Member)[]
        {
            (nameof(MemoryMaxMB), MemoryMaxMB), (nameof(SecretsMB), SecretsMB), (nameof(Devices), Devices),
            (nameof(NUMA), NUMA), (nameof(Storage), Storage), (nameof(NodePools), NodePools),
        };
        return members.FirstOrDefault(static member => QuotaLimitRequest.Says(member.Member)).Name;
    }

    public ProjectQuota ToQuota(string projectId, string region) => new()
    {
        ProjectId = projectId,
        Region = region,
        CpuMhz = ToLimit(CPU),
        Cores = ToLimit(Cores),
        MemoryMb = ToLimit(MemoryMB),
        DiskMb = ToLimit(DiskMB),
        Allocations = ToLimit(Allocations),
    };

    private static long? ToLimit(long? amount) => amount is null or 0 ? null : Math.Max(0, amount.Value);
}
