using System.Collections.Immutable;
using BySource = System.Collections.Immutable.ImmutableSortedDictionary<string, Saas.Registry.Intentions.Intention>;

namespace Saas.Registry.Intentions;

/// <summary>The intentions of a domain. Immutable. One for each pair of source and destination.</summary>
internal sealed record IntentionState
{
    public const int MaxIntentions = 4096;

    public static readonly IntentionState Empty = new();

    private static readonly BySource None = ImmutableSortedDictionary.Create<string, Intention>(StringComparer.OrdinalIgnoreCase);

    private ImmutableSortedDictionary<string, BySource> ByDestination { get; init; } =
        ImmutableSortedDictionary.Create<string, BySource>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Of those that have an id.</summary>
    private ImmutableDictionary<string, (string Source, string Destination)> ById { get; init; } =
        ImmutableDictionary.Create<string, (string, string)>(StringComparer.OrdinalIgnoreCase);

    public int Count { get; private init; }

    /// <summary>The last change of any.</summary>
    public ulong Index { get; private init; }

    /// <summary>In the order in which they decide.</summary>
    public IReadOnlyList<Intention> All => Ordered(ByDestination.Values.SelectMany(sources => sources.Values));

    public Intention? Find(string source, string destination) => ByDestination.GetValueOrDefault(destination, None).GetValueOrDefault(source);

    public Intention? FindById(string id) => ById.TryGetValue(id, out var pair) ? Find(pair.Source, pair.Destination) : null;

    /// <summary>Those of the same destination, in order: Consul counts them in its messages.</summary>
    public IReadOnlyList<Intention> To(string destination) => Ordered(ByDestination.GetValueOrDefault(destination, None).Values);

    /// <summary>What applies to calls of the service, in the order in which they decide.</summary>
    public IReadOnlyList<Intention> MatchingDestination(string name) =>
        Ordered(Names(name).SelectMany(d => ByDestination.GetValueOrDefault(d, None).Values));

    /// <summary>What applies to calls that the service makes, in the order in which they decide.</summary>
    public IReadOnlyList<Intention> MatchingSource(string name) =>
        Ordered(ByDestination.Values.SelectMany(sources => Names(name).Select(s => sources.GetValueOrDefault(s)).OfType<Intention>()));

    /// <summary>The one that decides; null: none does.</summary>
    public Intention? Deciding(string source, string destination) =>
        Find(source, destination) ?? Find(Intention.Wildcard, destination) ?? Find(source, Intention.Wildcard) ?? Find(Intention.Wildcard, Intention.Wildcard);

    public IntentionState With(Intention intention, ulong index)
    {
        var former = Find(intention.SourceName, intention.DestinationName);
        var stored = intention with { CreateIndex = former?.CreateIndex ?? index, ModifyIndex = index };
        var sources = ByDestination.GetValueOrDefault(stored.DestinationName, None).Remove(stored.SourceName).Add(stored.SourceName, stored);
        var ids = former is { ID.Length: > 0 } ? ById.Remove(former.ID) : ById;
        return this with
        {
            ByDestination = ByDestination.SetItem(stored.DestinationName, sources),
            ById = stored.ID.Length > 0 ? ids.SetItem(stored.ID, (stored.SourceName, stored.DestinationName)) : ids,
            Count = Count + (former is null ? 1 : 0),
            Index = index,
        };
    }

    public IntentionState Without(string source, string destination, ulong index)
    {
        if (Find(source, destination) is not { } former)
        {
            return this;
        }

        var sources = ByDestination[destination].Remove(source);
        return this with
        {
            ByDestination = sources.IsEmpty ? ByDestination.Remove(destination) : ByDestination.SetItem(destination, sources),
            ById = former.ID.Length > 0 ? ById.Remove(former.ID) : ById,
            Count = Count - 1,
            Index = index,
        };
    }

    public IntentionSnapshot ToSnapshot() => new(All, Index);

    public static IntentionState FromSnapshot(IntentionSnapshot snapshot)
    {
        var all = snapshot.All ?? [];
        return Empty with
        {
            ByDestination = Empty.ByDestination.AddRange(all
                .GroupBy(i => i.DestinationName, StringComparer.OrdinalIgnoreCase)
                .Select(g => KeyValuePair.Create(g.Key, None.AddRange(g.Select(i => KeyValuePair.Create(i.SourceName, i)))))),
            ById = Empty.ById.AddRange(all.Where(i => i.ID.Length > 0).Select(i => KeyValuePair.Create(i.ID, (i.SourceName, i.DestinationName)))),
            Count = all.Count,
            Index = snapshot.Index,
        };
    }

    private static string[] Names(string name) => name == Intention.Wildcard ? [name] : [name, Intention.Wildcard];

    private static IReadOnlyList<Intention> Ordered(IEnumerable<Intention> intentions) =>
    [
        .. intentions
            .OrderByDescending(i => i.Precedence)
            .ThenBy(i => i.SourceName, StringComparer.Ordinal)
            .ThenBy(i => i.DestinationName, StringComparer.Ordinal),
    ];
}

internal sealed record IntentionSnapshot(IReadOnlyList<Intention>? All, ulong Index);
