namespace Saas.Keys;

/// <summary>
/// The right to use a cached secret until disposed: however long that takes, the value is not zeroed meanwhile. Dispose
/// it in the same scope (<c>using var lease = …</c>) and never copy it: a copy disposed too gives back another's lease.
/// </summary>
public struct Lease<TValue> : IDisposable
    where TValue : class, IDisposable
{
    private LeasedSecret<TValue>? _held;

    internal Lease(LeasedSecret<TValue> held) => _held = held;

    /// <exception cref="ObjectDisposedException">The lease was given back, or never was one.</exception>
    public readonly TValue Value => _held?.Value ?? throw new ObjectDisposedException(nameof(Lease<TValue>));

    /// <summary>It was given and not yet given back.</summary>
    public readonly bool IsHeld => _held is not null;

    internal readonly TValue? ValueOrNull => _held?.Value;

    public void Dispose() => Interlocked.Exchange(ref _held, null)?.Release();
}

/// <summary>
/// A secret that its cache and its leases hold together; the last to let go zeroes it. Begins with one hold, the
/// cache's.
/// </summary>
internal sealed class LeasedSecret<TValue>(TValue value, string? topic, long loadedAt)
    where TValue : class, IDisposable
{
    private int _holds = 1;
    private long _checkedAt;
    private long _version;
    private long _usedAt;

    public TValue Value => value;

    /// <summary>The signal that makes it stale at once; null: none.</summary>
    public string? Topic => topic;

    /// <summary>Timestamp from before it was loaded.</summary>
    public long LoadedAt => loadedAt;

    /// <summary>Timestamp from before it was last seen to be true.</summary>
    public long CheckedAt => Volatile.Read(ref _checkedAt);

    /// <summary>Of the topic, from before it was last seen to be true.</summary>
    public long Version => Volatile.Read(ref _version);

    public long UsedAt => Volatile.Read(ref _usedAt);

    /// <summary>
    /// Both values only grow, and either is stored from before the same look at the truth: whoever reads an old one
    /// with a new one at worst looks again.
    /// </summary>
    public void Checked(long at, long version)
    {
        Volatile.Write(ref _usedAt, at);
        Volatile.Write(ref _version, version);
        Volatile.Write(ref _checkedAt, at);
    }

    public bool TryLease(long now, out Lease<TValue> lease)
    {
        for (var holds = Volatile.Read(ref _holds); holds > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _holds, holds + 1, holds);
            if (seen == holds)
            {
                Volatile.Write(ref _usedAt, now);
                lease = new Lease<TValue>(this);
                return true;
            }

            holds = seen;
        }

        lease = default;
        return false;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
        {
            value.Dispose();
        }
    }
}
