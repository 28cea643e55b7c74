namespace Saas.Identity.Projects;

/// <summary>A namespace of the tenant's jobs, and what keys can be confined to.</summary>
public sealed record ProjectRecord
{
    /// <summary>Made with the tenant and there as long as it: where a job goes that names no project.</summary>
    public const string DefaultName = "default";

    public required string Id { get; init; }

    /// <summary>Unique in the tenant; never changes, because clients name projects by it.</summary>
    public required string Name { get; init; }

    public string Description { get; init; } = "";
    public required DateTimeOffset CreatedAt { get; init; }
}
