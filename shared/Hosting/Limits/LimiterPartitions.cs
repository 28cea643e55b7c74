using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace Saas.Hosting.Limits;

/// <summary>
/// One token bucket per key, for at most a fixed number of keys, so that inventing keys (addresses) does not take
/// memory. When all are in use, the full ones, which remember nothing, make room; if none is, newcomers share one
/// bucket until there is room. Safe for concurrent use.
/// </summary>
internal sealed class LimiterPartitions<TKey>(Rate rate, int maxPartitions, TimeProvider time)
    where TKey : notnull
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<TKey, TokenBucketRateLimiter> _limiters = new();
    private readonly TokenBucketRateLimiter _shared = NewLimiter(rate);
    private readonly Lock _sweep = new();
    private long _sweptAt = long.MinValue;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Null if the request may go on, else how long to wait.</summary>
    public TimeSpan? TryTake(TKey key)
    {
        var limiter = _limiters.TryGetValue(key, out var found) ? found : Add(key);
        limiter.TryReplenish();
        using var lease = limiter.AttemptAcquire();
        if (lease.IsAcquired)
        {
            return null;
        }

        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1);
    }

    private TokenBucketRateLimiter Add(TKey key)
    {
        if (Count >= maxPartitions)
        {
            Sweep();
            if (Count >= maxPartitions)
            {
                return _shared;
            }
        }

        var added = NewLimiter(rate);
        var kept = _limiters.GetOrAdd(key, added);
        if (ReferenceEquals(kept, added))
        {
            Interlocked.Increment(ref _count);
        }

        return kept;
    }

    private void Sweep()
    {
        lock (_sweep)
        {
            if (_sweptAt != long.MinValue && time.GetElapsedTime(_sweptAt) < SweepInterval)
            {
                return;
            }

            _sweptAt = time.GetTimestamp();
            foreach (var pair in _limiters)
            {
                pair.Value.TryReplenish();
                if (pair.Value.IdleDuration is not null && _limiters.TryRemove(pair))
                {
                    Interlocked.Decrement(ref _count);
                }
            }
        }
    }

    private static TokenBucketRateLimiter NewLimiter(Rate rate) => new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = rate.Burst,
        TokensPerPeriod = rate.PerSecond,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1),
        AutoReplenishment = false,
        QueueLimit = 0,
    });
}
