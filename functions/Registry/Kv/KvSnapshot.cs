using System.Collections.Immutable;

namespace Saas.Registry.Kv;

/// <summary>All keys as they are stored.</summary>
internal sealed record KvSnapshot
{
    public IReadOnlyList<KvEntry>? Entries { get; init; }
    public IReadOnlyList<Grave>? Graves { get; init; }
    public ulong Floor { get; init; }
    public IReadOnlyList<LockDelay>? Delays { get; init; }
}

internal sealed partial record KvState
{
    public KvSnapshot ToSnapshot() => new()
    {
        Entries = [.. Entries.WithPrefix("")],
        Graves = [.. Graves.WithPrefix("")],
        Floor = Floor,
        Delays = [.. Delays.All],
    };

    public static KvState FromSnapshot(KvSnapshot snapshot)
    {
        var entries = snapshot.Entries ?? [];
        return new KvState
        {
            Entries = IndexedTree<KvEntry>.Of(entries),
            Graves = IndexedTree<Grave>.Of(snapshot.Graves ?? []),
            Floor = snapshot.Floor,
            Bytes = entries.Sum(e => e.Bytes),
            Delays = LockDelays.Of(snapshot.Delays ?? []),
            Held = entries.Where(e => e.Session is not null).GroupBy(e => e.Session!, StringComparer.Ordinal).ToImmutableDictionary(
                held => held.Key, held => held.Select(e => e.Key).ToImmutableSortedSet(KeyOrder.Instance), StringComparer.Ordinal),
        };
    }
}
