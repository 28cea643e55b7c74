using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// "Look at this key from time to time": it rotates by itself, or something of it is still to be destroyed. Kept in a
/// table of its own, so that the timer reads these rows and not every version of every key of every tenant.
/// <para>
/// Two tables are not written as one. A duty is therefore stored before the change that makes it one, and is only ever
/// a reason to look: what there is to do is decided on the key itself. It is dropped by the timer when the key gives no
/// reason any more and the duty is older than any request that may still be on its way.
/// </para>
/// </summary>
/// <param name="Row">Of the key, or of what is left of one (<see cref="KeyRows"/>).</param>
internal sealed record KeyDuty(string ProjectId, string MountId, string Row, DateTimeOffset Since)
{
    public const string Table = "transitduties";

    public static readonly TimeSpan MinAge = TimeSpan.FromHours(1);

    public static TablePartition Duties(in KeyRing ring) => ring.Tenant.Partition(Table, ring.ProjectId, ring.MountId);

    /// <summary>Written over an older one too: its age is that of the last change that wants it.</summary>
    public static async Task TakeAsync(KeyRing ring, string row, DateTimeOffset now, CancellationToken ct)
    {
        var duty = new KeyDuty(ring.ProjectId, ring.MountId, row, now);
        await Duties(ring).WriteAsync(TableWrite.Upsert(row, TablePartition.Bytes(duty, TransitKeyJson.Default.KeyDuty)), ct);
    }
}
