using System.Text.Json.Serialization;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Encryption.Mounts;

/// <summary>Where an engine is mounted in a project.</summary>
/// <param name="Path">One segment, without slashes: <c>transit</c>.</param>
/// <param name="Id">Names its rows; a mount that is disabled and enabled again has another.</param>
internal sealed record MountRecord(string Path, Engine Engine, string Id, string Description, DateTimeOffset? CreatedAt)
{
    /// <summary>Seconds; 0 is the system's default. Kept for clients that tune them: nothing here has a lease.</summary>
    public long DefaultLeaseTtl { get; init; }

    public long MaxLeaseTtl { get; init; }

    /// <summary><c>unauth</c>, <c>hidden</c> or empty. Kept as given: nobody without a credential is told of mounts.</summary>
    public string ListingVisibility { get; init; } = "";
}

/// <summary>A mount that is gone for clients while its rows are not yet removed.</summary>
internal sealed record DisabledMount(Engine Engine, string Id, DateTimeOffset DisabledAt);

/// <summary>All mounts of a project: one row, so that a change is one conditional write.</summary>
internal sealed record MountTableRecord(IReadOnlyList<MountRecord> Mounts)
{
    /// <summary>Every request looks through them.</summary>
    public const int MaxMounts = 100;

    public IReadOnlyList<DisabledMount> Disabled { get; init; } = [];

    /// <summary>What a project has before anybody changed it.</summary>
    public static readonly MountTableRecord Default = new(
    [
        new MountRecord("transit", Engine.Transit, "transit", "encryption as a service", null),
        new MountRecord("secret", Engine.Kv, "secret", "key/value secret storage", null),
    ]);
}

internal static class MountRows
{
    public const string Table = "mounts";
    public const string Row = "mounts";

    public static TablePartition MountsOf(this TenantScope tenant, string projectId) => tenant.Partition(Table, projectId);

    /// <summary>Raised when a project's mounts change.</summary>
    public static string Topic(string projectId) => "mounts:" + projectId;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(MountTableRecord))]
internal sealed partial class MountJson : JsonSerializerContext;
