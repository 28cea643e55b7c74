namespace Saas.Identity.Sites;

/// <summary>A place with machines of the tenant: Nomad's datacenter.</summary>
public sealed record SiteRecord
{
    public required string Id { get; init; }

    /// <summary>Unique in the tenant.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// A slug. The tenant's sites of one region form a cell, scheduled together; it never changes, because nodes and
    /// placements are kept under it.
    /// </summary>
    public required string Region { get; init; }

    /// <summary>For data-residency constraints: <c>country=de</c>.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Machines enrolled here.</summary>
    public int Nodes { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
