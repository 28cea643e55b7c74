using System.Buffers.Binary;
using System.Text;
using Saas.Storage.Tables;

namespace Saas.Storage.Leases;

/// <summary>
/// Leases as rows of the table <c>leases</c>, changed by ETag. A row is never deleted, so an epoch never comes back.
/// Expiry is judged by the clocks of the machines that compete; a clock that is fast takes a lease early, which
/// <see cref="FencedPartition"/> makes harmless. An owner names one run of one process: two that share a name would
/// share the epoch.
/// </summary>
public sealed class StoreLease(ITableStore store, TimeProvider time) : ILease
{
    private readonly TablePartition _leases = new PlatformScope(store).Partition("leases");

    public async ValueTask<LeaseGrant?> AcquireAsync(string name, string owner, TimeSpan ttl, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ttl, TimeSpan.Zero);
        var row = TableKeys.Escape(name);
        while (true)
        {
            var found = await _leases.GetAsync(row, ct);
            var held = found is null ? default : LeaseRow.Read(found.Value.Span);
            var now = time.GetUtcNow();
            var isLive = held.ExpiresAt > now;
            if (isLive && held.Owner != owner)
            {
                return null;
            }

            // Whoever lets a lease expire may have been replaced meanwhile in the eyes of others: a new epoch.
            var granted = new LeaseRow(isLive ? held.Epoch : held.Epoch + 1, now + ttl, owner);
            var written = await _leases.WriteAsync(
                found is null ? TableWrite.Insert(row, granted.Write()) : TableWrite.Replace(row, granted.Write(), found.ETag), ct);
            if (written.IsDone)
            {
                return new LeaseGrant(name, owner, granted.Epoch, granted.ExpiresAt);
            }
        }
    }

    public async ValueTask<LeaseGrant?> RenewAsync(LeaseGrant grant, TimeSpan ttl, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ttl, TimeSpan.Zero);
        return await ReplaceOwnAsync(grant, () => time.GetUtcNow() + ttl, ct) is { } until
            ? grant with { ExpiresAt = until }
            : null;
    }

    public async ValueTask ReleaseAsync(LeaseGrant grant, CancellationToken ct) =>
        await ReplaceOwnAsync(grant, static () => DateTimeOffset.MinValue, ct);

    /// <summary>The new expiry, or null if the lease has passed to another epoch or was released.</summary>
    private async ValueTask<DateTimeOffset?> ReplaceOwnAsync(LeaseGrant grant, Func<DateTimeOffset> expiry, CancellationToken ct)
    {
        var row = TableKeys.Escape(grant.Name);
        while (true)
        {
            if (await _leases.GetAsync(row, ct) is not { } found)
            {
                return null;
            }

            var held = LeaseRow.Read(found.Value.Span);
            if (held.Epoch != grant.Epoch || held.Owner != grant.Owner || held.IsReleased)
            {
                return null;
            }

            var until = expiry();
            var written = await _leases.WriteAsync(
                TableWrite.Replace(row, (held with { ExpiresAt = until }).Write(), found.ETag), ct);
            if (written.IsDone)
            {
                return until;
            }
        }
    }

    /// <summary>Epoch and expiry (ticks) as 8 bytes each, big-endian, then the owner in UTF-8.</summary>
    private readonly record struct LeaseRow(long Epoch, DateTimeOffset ExpiresAt, string? Owner)
    {
        public bool IsReleased => ExpiresAt == DateTimeOffset.MinValue;

        public static LeaseRow Read(ReadOnlySpan<byte> value) => new(
            BinaryPrimitives.ReadInt64BigEndian(value),
            new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(value[8..]), TimeSpan.Zero),
            Encoding.UTF8.GetString(value[16..]));

        public byte[] Write()
        {
            var value = new byte[16 + Encoding.UTF8.GetByteCount(Owner!)];
            BinaryPrimitives.WriteInt64BigEndian(value, Epoch);
            BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(8), ExpiresAt.UtcTicks);
            Encoding.UTF8.GetBytes(Owner!, value.AsSpan(16));
            return value;
        }
    }
}
