using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Saas.Contracts;
using Saas.Encryption.Vault;
using Saas.Hosting.Problems;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Encryption.Mounts;

/// <summary>
/// Finds the project a request names, and its mounts. What was read is used again for a few seconds, so that a hot path
/// does not read the store: another instance's change shows within that time, this one's own at once.
/// </summary>
internal sealed class MountDirectory(SealedMounts mounts, IChangeSignal signal, TimeProvider time)
{
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(4);

    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<(TenantId Tenant, string Name), Entry> _entries = new();

    /// <param name="name">The project's id or name; empty: <c>default</c>.</param>
    /// <exception cref="ProblemException">404: the tenant has no such project.</exception>
    public ValueTask<ProjectMounts> FindAsync(TenantScope tenant, string name, CancellationToken ct) =>
        _entries.TryGetValue((tenant.Tenant, name), out var entry) && IsFresh(entry)
            ? ValueTask.FromResult(entry.Found)
            : LoadAsync(tenant, name, ct);

    private async ValueTask<ProjectMounts> LoadAsync(TenantScope tenant, string name, CancellationToken ct)
    {
        var identityTopic = IdentityTopics.Of(tenant.Tenant);
        var (identity, loadedAt) = (signal.Version(identityTopic), time.GetTimestamp());
        var project = await tenant.FindProjectAsync(name, ct)
            ?? throw new ProblemException(Problem.Of(
                "no-such-namespace", "There is no such namespace.", StatusCodes.Status404NotFound,
                "namespace not found: expected the id or the name of a project in X-Vault-Namespace"));
        var mountsTopic = MountRows.Topic(project.Id);
        var seen = signal.Version(mountsTopic);
        var table = await ReadAsync(tenant, project.Id, ct);
        var found = new ProjectMounts(project.Id, project.Name, table?.Value ?? MountTableRecord.Default);
        if (_entries.Count >= Capacity)
        {
            // Rare, so simple: it costs a read each to come back.
            _entries.Clear();
        }

        _entries[(tenant.Tenant, name)] = new Entry(found, loadedAt, identityTopic, identity, mountsTopic, seen);
        return found;
    }

    /// <exception cref="ProblemException">The tenant's keys cannot be used: as said to clients everywhere else.</exception>
    private async ValueTask<Document<MountTableRecord>?> ReadAsync(TenantScope tenant, string projectId, CancellationToken ct)
    {
        try
        {
            return await mounts.FindAsync(tenant, projectId, ct);
        }
        catch (Exception e) when (KeyFaults.ErrorOf(e) is { } error)
        {
            throw new ProblemException(
                Problem.Of("keys-unavailable", error.Errors[0], error.Status, retryable: error.RetryAfter is not null) with { RetryAfter = error.RetryAfter });
        }
    }

    private bool IsFresh(Entry entry) =>
        time.GetElapsedTime(entry.LoadedAt) < MaxAge
        && signal.Version(entry.IdentityTopic) == entry.Identity
        && signal.Version(entry.MountsTopic) == entry.Mounts;

    private sealed record Entry(
        ProjectMounts Found, long LoadedAt, string IdentityTopic, long Identity, string MountsTopic, long Mounts);
}
