using System.Collections.Immutable;
using Saas.Registry.Log;

namespace Saas.Registry.Kv;

/// <summary>
/// A domain's keys at one index, who holds their locks, and which were deleted. Immutable. A change that changes nothing
/// gives the very same state.
/// </summary>
internal sealed partial record KvState
{
    /// <summary>When more deletions than this are remembered, the older half is forgotten.</summary>
    public const int MaxGraves = 8192;

    public static readonly KvState Empty = new();

    private static readonly ImmutableSortedSet<string> NoKeys = ImmutableSortedSet.Create<string>(KeyOrder.Instance);

    public IndexedTree<KvEntry> Entries { get; private init; } = IndexedTree<KvEntry>.Empty;

    public IndexedTree<Grave> Graves { get; private init; } = IndexedTree<Grave>.Empty;

    /// <summary>Deletions at or before it are forgotten.</summary>
    public ulong Floor { get; private init; }

    public long Bytes { get; private init; }

    public LockDelays Delays { get; init; } = LockDelays.None;

    private ImmutableDictionary<string, ImmutableSortedSet<string>> Held { get; init; } =
        ImmutableDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.Ordinal);

    public KvEntry? Find(string key) => Entries.Find(key);

    /// <summary>The keys whose locks the session holds.</summary>
    public IReadOnlyCollection<string> HeldBy(string session) => Held.GetValueOrDefault(session, NoKeys);

    /// <summary>
    /// When the answer to a question about the key last changed; of one whose deletion is forgotten, when one that is
    /// forgotten was last, which is not before.
    /// </summary>
    public ulong IndexOf(string key) => Find(key)?.ModifyIndex ?? Graves.Find(key)?.ModifyIndex ?? Floor;

    /// <summary>When the set of keys that begin so, or one of their values, last changed.</summary>
    public ulong IndexOfPrefix(string prefix) =>
        Math.Max(Floor, Math.Max(Entries.MaxIndexOf(prefix), Graves.MaxIndexOf(prefix)));

    /// <summary>Puts the entry, whose indexes are worked out here.</summary>
    public KvState With(KvEntry entry, ulong index, ICollection<string> touched)
    {
        var found = Find(entry.Key);
        if (found is not null && found.SaysTheSameAs(entry))
        {
            return this;
        }

        touched.Add(Watches.Key(entry.Key));
        var stored = entry with { CreateIndex = found?.CreateIndex ?? index, ModifyIndex = index };
        return this with
        {
            Entries = Entries.With(stored),
            Graves = found is null ? Graves.Without(entry.Key) : Graves,
            Bytes = Bytes + stored.Bytes - (found?.Bytes ?? 0),
            Held = HeldAfter(found, stored),
        };
    }

    public KvState Without(string key, ulong index, ICollection<string> touched) =>
        Find(key) is { } found ? Buried(found, index, touched).WithFewGraves() : this;

    public KvState WithoutPrefix(string prefix, ulong index, ICollection<string> touched)
    {
        var next = this;
        foreach (var entry in Entries.WithPrefix(prefix))
        {
            next = next.Buried(entry, index, touched);
        }

        return ReferenceEquals(next, this) ? this : next.WithFewGraves();
    }

    /// <summary>The session holds nothing any more: its keys are free, or deleted.</summary>
    public KvState WithoutHolder(string session, bool delete, ulong index, ICollection<string> touched)
    {
        var next = this;
        foreach (var key in HeldBy(session))
        {
            var entry = next.Find(key)!;
            next = delete ? next.Buried(entry, index, touched) : next.With(entry with { Session = null }, index, touched);
        }

        return delete && !ReferenceEquals(next, this) ? next.WithFewGraves() : next;
    }

    private KvState Buried(KvEntry entry, ulong index, ICollection<string> touched)
    {
        touched.Add(Watches.Key(entry.Key));
        return this with
        {
            Entries = Entries.Without(entry.Key),
            Graves = Graves.With(new Grave(entry.Key, index)),
            Bytes = Bytes - entry.Bytes,
            Held = HeldAfter(entry, null),
        };
    }

    /// <summary>
    /// Many are forgotten at once and then none for long, since each time the floor rises the readers of keys that are not
    /// there see a higher index. Which ones follows from the state alone, so that all replicas forget the same.
    /// </summary>
    private KvState WithFewGraves()
    {
        if (Graves.Count <= MaxGraves)
        {
            return this;
        }

        var all = Graves.WithPrefix("").ToList();
        var indexes = all.ConvertAll(grave => grave.ModifyIndex);
        indexes.Sort();
        var floor = indexes[^((MaxGraves / 2) + 1)];
        return this with { Floor = floor, Graves = IndexedTree<Grave>.Of(all.FindAll(grave => grave.ModifyIndex > floor)) };
    }

    private ImmutableDictionary<string, ImmutableSortedSet<string>> HeldAfter(KvEntry? former, KvEntry? present)
    {
        if (former?.Session == present?.Session)
        {
            return Held;
        }

        var held = Held;
        if (former?.Session is { } loser)
        {
            var left = held[loser].Remove(former.Key);
            held = left.IsEmpty ? held.Remove(loser) : held.SetItem(loser, left);
        }

        return present?.Session is { } holder
            ? held.SetItem(holder, held.GetValueOrDefault(holder, NoKeys).Add(present.Key))
            : held;
    }
}
