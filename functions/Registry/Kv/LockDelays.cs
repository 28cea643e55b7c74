using System.Collections.Immutable;

namespace Saas.Registry.Kv;

/// <summary>
/// Keys whose holder lost its session just now: nobody may lock them for a while, so that a holder that does not know yet
/// can finish. Immutable.
/// </summary>
internal sealed record LockDelays
{
    public static readonly LockDelays None = new();

    private ImmutableDictionary<string, DateTimeOffset> ByKey { get; init; } =
        ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal);

    private ImmutableSortedSet<LockDelay> ByEnd { get; init; } = [];

    /// <summary>By their end.</summary>
    public IEnumerable<LockDelay> All => ByEnd;

    public int Count => ByEnd.Count;

    public bool IsDelayed(string key, DateTimeOffset now) => ByKey.TryGetValue(key, out var until) && now < until;

    /// <param name="now">What ended before is forgotten.</param>
    public LockDelays With(IEnumerable<string> keys, DateTimeOffset now, DateTimeOffset until)
    {
        var byKey = ByKey.ToBuilder();
        var byEnd = ByEnd.ToBuilder();
        while (byEnd.Count > 0 && byEnd.Min.Until <= now)
        {
            byKey.Remove(byEnd.Min.Key);
            byEnd.Remove(byEnd.Min);
        }

        foreach (var key in keys)
        {
            if (byKey.TryGetValue(key, out var former))
            {
                byEnd.Remove(new LockDelay(key, former));
            }

            byKey[key] = until;
            byEnd.Add(new LockDelay(key, until));
        }

        return new LockDelays { ByKey = byKey.ToImmutable(), ByEnd = byEnd.ToImmutable() };
    }

    public static LockDelays Of(IReadOnlyList<LockDelay> delays) => new()
    {
        ByKey = delays.ToImmutableDictionary(d => d.Key, d => d.Until, StringComparer.Ordinal),
        ByEnd = [.. delays],
    };
}

/// <summary>Ordered by its end.</summary>
internal readonly record struct LockDelay(string Key, DateTimeOffset Until) : IComparable<LockDelay>
{
    public int CompareTo(LockDelay other)
    {
        var byEnd = Until.CompareTo(other.Until);
        return byEnd != 0 ? byEnd : KeyOrder.Compare(Key, other.Key);
    }

    public static bool operator <(LockDelay left, LockDelay right) => left.CompareTo(right) < 0;

    public static bool operator >(LockDelay left, LockDelay right) => left.CompareTo(right) > 0;

    public static bool operator <=(LockDelay left, LockDelay right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LockDelay left, LockDelay right) => left.CompareTo(right) >= 0;
}
