using System.Collections.Immutable;

namespace Saas.Registry.Queries;

/// <summary>The prepared queries of a domain. Immutable. Names and ids are compared without regard to case.</summary>
internal sealed record QueryState
{
    public const int MaxQueries = 4096;

    public static readonly QueryState Empty = new();

    private ImmutableSortedDictionary<string, StoredQuery> ById { get; init; } =
        ImmutableSortedDictionary.Create<string, StoredQuery>(StringComparer.OrdinalIgnoreCase);

    private ImmutableDictionary<string, string> IdByName { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>By name, which may be empty.</summary>
    private ImmutableDictionary<string, string> IdByPrefix { get; init; } = ImmutableDictionary.Create<string, string>(StringComparer.OrdinalIgnoreCase);

    private ImmutableDictionary<string, ImmutableList<string>> IdsBySession { get; init; } =
        ImmutableDictionary.Create<string, ImmutableList<string>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The last change of any.</summary>
    public ulong Index { get; private init; }

    public int Count => ById.Count;

    public IEnumerable<PreparedQuery> All => ById.Values.Select(q => q.Query);

    public PreparedQuery? Find(string id) => ById.GetValueOrDefault(id)?.Query;

    public PreparedQuery? FindByName(string name) => IdByName.TryGetValue(name, out var id) ? Find(id) : null;

    /// <summary>The template of exactly that prefix.</summary>
    public PreparedQuery? FindTemplate(string prefix) => IdByPrefix.TryGetValue(prefix, out var id) ? Find(id) : null;

    /// <summary>
    /// What a name asks: the query of that name, else the template with the longest prefix of it. A template comes with the
    /// name filled in.
    /// </summary>
    /// <exception cref="TemplateException">The template does not understand the name.</exception>
    public PreparedQuery? Resolve(string name)
    {
        if (name.Length > QueryRules.MaxPrefix)
        {
            return null;
        }

        if (IdByName.TryGetValue(name, out var exact))
        {
            return Rendered(ById[exact], name);
        }

        for (var length = name.Length; length >= 0; length--)
        {
            if (IdByPrefix.TryGetValue(name[..length], out var id))
            {
                return Rendered(ById[id], name);
            }
        }

        return null;
    }

    public IReadOnlyList<string> OfSession(string session) => IdsBySession.GetValueOrDefault(session, []);

    public QueryState With(PreparedQuery query, ulong index)
    {
        var former = Find(query.ID);
        var stored = query with { CreateIndex = former?.CreateIndex ?? index, ModifyIndex = index };
        return Unindexed(former).Indexed(stored) with { Index = index };
    }

    public QueryState Without(string id, ulong index) =>
        Find(id) is { } former ? Unindexed(former) with { ById = ById.Remove(id), Index = index } : this;

    public QuerySnapshot ToSnapshot() => new([.. All], Index);

    public static QueryState FromSnapshot(QuerySnapshot snapshot) =>
        (snapshot.All ?? []).Aggregate(Empty, (state, query) => state.Indexed(query)) with { Index = snapshot.Index };

    private QueryState Indexed(PreparedQuery query) => this with
    {
        ById = ById.SetItem(query.ID, new StoredQuery(query)),
        IdByName = query.Name.Length > 0 ? IdByName.SetItem(query.Name, query.ID) : IdByName,
        IdByPrefix = query.IsTemplate ? IdByPrefix.SetItem(query.Name, query.ID) : IdByPrefix,
        IdsBySession = query.Session.Length > 0 ? IdsBySession.SetItem(query.Session, OfSessionList(query).Add(query.ID)) : IdsBySession,
    };

    private QueryState Unindexed(PreparedQuery? query)
    {
        if (query is null)
        {
            return this;
        }

        var others = OfSessionList(query).Remove(query.ID);
        return this with
        {
            IdByName = query.Name.Length > 0 ? IdByName.Remove(query.Name) : IdByName,
            IdByPrefix = query.IsTemplate ? IdByPrefix.Remove(query.Name) : IdByPrefix,
            IdsBySession = others.IsEmpty ? IdsBySession.Remove(query.Session) : IdsBySession.SetItem(query.Session, others),
        };
    }

    private ImmutableList<string> OfSessionList(PreparedQuery query) => IdsBySession.GetValueOrDefault(query.Session, []);

    private static PreparedQuery Rendered(StoredQuery stored, string name) => stored.Query.IsTemplate ? stored.Template.Render(name) : stored.Query;
}

internal sealed record QuerySnapshot(IReadOnlyList<PreparedQuery>? All, ulong Index);
