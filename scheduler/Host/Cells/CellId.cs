using Saas.Contracts;

namespace Saas.Scheduler.Host.Cells;

/// <summary>A tenant's nodes in one region: what is scheduled by one leader.</summary>
internal readonly record struct CellId(TenantId Tenant, string Region)
{
    /// <summary>The lease that makes its holder the cell's only writer.</summary>
    public string LeaseName => $"scheduler|{Tenant.Value}|{Region}";

    public override string ToString() => $"{Tenant}|{Region}";
}

/// <summary>A job of a cell.</summary>
internal readonly record struct JobKey(string ProjectId, string JobId)
{
    /// <summary>As the core knows it. Project ids hold no slash.</summary>
    public override string ToString() => $"{ProjectId}/{JobId}";

    /// <summary>What the core knows, back again.</summary>
    public static JobKey Parse(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return new JobKey(key[..slash], key[(slash + 1)..]);
    }
}
