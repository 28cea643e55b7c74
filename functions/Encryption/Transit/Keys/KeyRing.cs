using Saas.Contracts;
using Saas.Encryption.Vault;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Encryption.Transit.Keys;

/// <summary>The keys of one mount: what requests name by their path, and timers by what they scanned.</summary>
internal readonly record struct KeyRing(TenantScope Tenant, string ProjectId, string MountId)
{
    public static KeyRing Of(VaultRequest request) => new(request.Tenant, request.ProjectId, request.Mount.Id);

    public TablePartition Rows => Tenant.Partition(KeyRows.Table, ProjectId, MountId);

    public KeyAddress Address(string name) => new(Tenant.Tenant, ProjectId, MountId, name);
}

/// <summary>Names a key over all tenants.</summary>
internal readonly record struct KeyAddress(TenantId Tenant, string ProjectId, string MountId, string Name)
{
    /// <summary>Raised when a key of the mount changes. One a mount: a topic is never forgotten.</summary>
    public string Topic => Rings.Topic(ProjectId, MountId);
}

internal static class Rings
{
    public static string Topic(string projectId, string mountId) => string.Concat("transitkeys:", projectId, ":", mountId);

    public static string Topic(this in KeyRing ring) => Topic(ring.ProjectId, ring.MountId);
}
