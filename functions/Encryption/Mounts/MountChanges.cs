using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Encryption.Mounts;

/// <summary>Changes a project's mounts: one conditional write, tried again on what another instance wrote meanwhile.</summary>
internal sealed class MountChanges(IChangeSignal signal)
{
    private const int MaxAttempts = 20;

    /// <param name="change">May be called several times; to change nothing it returns what it got. It refuses by throwing.</param>
    /// <exception cref="StorageUnavailableException">The store's, or others change the mounts faster than we can follow.</exception>
    public async Task ChangeAsync(
        TenantScope tenant, string projectId, Func<MountTableRecord, MountTableRecord> change, CancellationToken ct)
    {
        var rows = tenant.MountsOf(projectId);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var row = await rows.GetAsync(MountRows.Row, MountJson.Default.MountTableRecord, ct);
            var before = row?.Value ?? MountTableRecord.Default;
            var after = change(before);
            if (ReferenceEquals(before, after))
            {
                return;
            }

            var bytes = TablePartition.Bytes(after, MountJson.Default.MountTableRecord);
            var write = row is null ? TableWrite.Insert(MountRows.Row, bytes) : TableWrite.Replace(MountRows.Row, bytes, row.ETag);
            if ((await rows.WriteAsync(write, ct)).IsDone)
            {
                signal.Raise(MountRows.Topic(projectId));
                return;
            }
        }

        throw new StorageUnavailableException($"The project's mounts changed during each of {MaxAttempts} attempts.");
    }
}
