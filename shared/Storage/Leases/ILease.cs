namespace Saas.Storage.Leases;

/// <summary>
/// Exclusive, expiring ownership of a name. Every change of owner raises the epoch; writes that depend on the lease
/// go through a <see cref="FencedPartition"/> with the epoch, because a holder may believe in its lease longer than
/// the store does (a pause, a clock that jumps). Errors of the service are <see cref="StorageUnavailableException"/>.
/// </summary>
public interface ILease
{
    /// <summary>The lease if it is free, expired or already this owner's; null if another holds it.</summary>
    ValueTask<LeaseGrant?> AcquireAsync(string name, string owner, TimeSpan ttl, CancellationToken ct);

    /// <summary>Extends it to now + <paramref name="ttl"/>; null if it has passed to another epoch.</summary>
    ValueTask<LeaseGrant?> RenewAsync(LeaseGrant grant, TimeSpan ttl, CancellationToken ct);

    /// <summary>Gives it up at once; does nothing if it was lost.</summary>
    ValueTask ReleaseAsync(LeaseGrant grant, CancellationToken ct);
}

/// <param name="Epoch">From 1; higher with every change of owner.</param>
public sealed record LeaseGrant(string Name, string Owner, long Epoch, DateTimeOffset ExpiresAt);
