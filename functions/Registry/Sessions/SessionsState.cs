using System.Collections.Immutable;

namespace Saas.Registry.Sessions;

/// <summary>A domain's sessions at one index. Immutable.</summary>
internal sealed record SessionsState
{
    public static readonly SessionsState Empty = new();

    private static readonly ImmutableSortedSet<string> NoIds = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    private ImmutableSortedDictionary<string, Session> ById { get; init; } = ImmutableSortedDictionary.Create<string, Session>(StringComparer.Ordinal);

    private ImmutableDictionary<string, ImmutableSortedSet<string>> IdsByNode { get; init; } =
        ImmutableDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>When one was last made or ended.</summary>
    public ulong Index { get; private init; }

    /// <summary>When one last ended.</summary>
    public ulong EndedIndex { get; private init; }

    public int Count => ById.Count;

    /// <summary>By id.</summary>
    public IEnumerable<Session> All => ById.Values;

    /// <param name="id">In any case.</param>
    public Session? Find(string id) => ById.GetValueOrDefault(id.ToLowerInvariant());

    public IEnumerable<Session> OfNode(string node) => IdsByNode.GetValueOrDefault(node, NoIds).Select(id => ById[id]);

    /// <summary>When the answer to a question about the session last changed; of one that is not there, when one last ended.</summary>
    public ulong IndexOf(string id) => Find(id)?.CreateIndex ?? EndedIndex;

    /// <summary>A session never changes: one that is there stays.</summary>
    public SessionsState With(Session session, ulong index, ICollection<string> touched)
    {
        if (ById.ContainsKey(session.ID))
        {
            return this;
        }

        Touch(session, touched);
        return this with
        {
            ById = ById.Add(session.ID, session with { CreateIndex = index }),
            IdsByNode = IdsByNode.SetItem(session.Node, IdsByNode.GetValueOrDefault(session.Node, NoIds).Add(session.ID)),
            Index = index,
        };
    }

    public SessionsState Without(string id, ulong index, ICollection<string> touched)
    {
        if (!ById.TryGetValue(id, out var session))
        {
            return this;
        }

        Touch(session, touched);
        var left = IdsByNode[session.Node].Remove(id);
        return this with
        {
            ById = ById.Remove(id),
            IdsByNode = left.IsEmpty ? IdsByNode.Remove(session.Node) : IdsByNode.SetItem(session.Node, left),
            Index = index,
            EndedIndex = index,
        };
    }

    public SessionsSnapshot ToSnapshot() => new() { All = [.. All], Index = Index, EndedIndex = EndedIndex };

    public static SessionsState FromSnapshot(SessionsSnapshot snapshot)
    {
        var all = snapshot.All ?? [];
        return new SessionsState
        {
            ById = all.ToImmutableSortedDictionary(s => s.ID, s => s, StringComparer.Ordinal),
            IdsByNode = all.GroupBy(s => s.Node, StringComparer.OrdinalIgnoreCase).ToImmutableDictionary(
                g => g.Key, g => g.Select(s => s.ID).ToImmutableSortedSet(StringComparer.Ordinal), StringComparer.OrdinalIgnoreCase),
            Index = snapshot.Index,
            EndedIndex = snapshot.EndedIndex,
        };
    }

    private static void Touch(Session session, ICollection<string> touched)
    {
        touched.Add(SessionTopics.All);
        touched.Add(SessionTopics.Session(session.ID));
    }
}

internal sealed record SessionsSnapshot
{
    public IReadOnlyList<Session>? All { get; init; }
    public ulong Index { get; init; }
    public ulong EndedIndex { get; init; }
}

/// <summary>What a waiter for sessions waits for, by name.</summary>
internal static class SessionTopics
{
    public const string All = "sessions";

    public static string Session(string id) => "session:" + id.ToLowerInvariant();
}
