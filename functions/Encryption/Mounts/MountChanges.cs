using Saas.Storage;
using Saas.Storage.Signals;

namespace Saas.Encryption.Mounts;

/// <summary>Changes a project's mounts: one conditional write, tried again on what another instance wrote meanwhile.</summary>
internal sealed class MountChanges(SealedMounts mounts, IChangeSignal signal)
{
    private const int MaxAttempts = 20;

    /// <param name="change">May be called several times; to change nothing it returns what it got. It refuses by throwing.</param>
    /// <exception cref="StorageUnavailableException">The store's, or others change the mounts faster than we can follow.</exception>
    public async Task ChangeAsync(
        TenantScope tenant, string projectId, Func<MountTableRecord, MountTableRecord> change, CancellationToken ct)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var row = await mounts.FindAsync(tenant, projectId, ct);
            var before = row?.Value ?? MountTableRecord.Default;
            var after = change(before);
            if (ReferenceEquals(before, after))
            {
                return;
            }

            if (await mounts.TryWriteAsync(tenant, projectId, after, row?.ETag, ct))
            {
                signal.Raise(MountRows.Topic(projectId));
                return;
            }
        }

        throw new StorageUnavailableException($"The project's mounts changed during each of {MaxAttempts} attempts.");
    }
}
