using System.Collections.Immutable;
using Saas.Discovery.Catalog;
using Saas.Registry.Coordinates;
using Saas.Registry.Events;
using Saas.Registry.Intentions;
using Saas.Registry.Kv;
using Saas.Registry.Queries;
using Saas.Registry.Sessions;

namespace Saas.Registry.State;

/// <summary>A whole state as it is stored. A part that is null is empty: it is from before there was such a thing.</summary>
internal sealed record RegistrySnapshot
{
    public required ulong Index { get; init; }
    public required CatalogSnapshot Catalog { get; init; }
    public IReadOnlyList<LeaseTerm>? Leases { get; init; }
    public KvSnapshot? Kv { get; init; }
    public SessionsSnapshot? Sessions { get; init; }
    public IReadOnlyList<AgentRegistration>? Agents { get; init; }
    public CoordinateSnapshot? Coordinates { get; init; }
    public EventSnapshot? Events { get; init; }
    public IntentionSnapshot? Intentions { get; init; }
    public QuerySnapshot? Queries { get; init; }
}

internal sealed partial record RegistryState
{
    public RegistrySnapshot ToSnapshot() => new()
    {
        Index = Index,
        Catalog = Catalog.ToSnapshot(),
        Leases = [.. Leases.Values],
        Kv = Kv.ToSnapshot(),
        Sessions = Sessions.ToSnapshot(),
        Agents = [.. Agents.Values],
        Coordinates = Coordinates.ToSnapshot(),
        Events = Events.ToSnapshot(),
        Intentions = Intentions.ToSnapshot(),
        Queries = Queries.ToSnapshot(),
    };

    public static RegistryState FromSnapshot(RegistrySnapshot snapshot) => new()
    {
        Index = snapshot.Index,
        Catalog = CatalogState.FromSnapshot(snapshot.Catalog),
        Leases = (snapshot.Leases ?? []).ToImmutableDictionary(l => l.Id, StringComparer.Ordinal),
        Kv = snapshot.Kv is { } kv ? KvState.FromSnapshot(kv) : KvState.Empty,
        Sessions = snapshot.Sessions is { } sessions ? SessionsState.FromSnapshot(sessions) : SessionsState.Empty,
        Agents = (snapshot.Agents ?? []).ToImmutableDictionary(a => a.Agent, StringComparer.Ordinal),
        Coordinates = snapshot.Coordinates is { } coordinates ? CoordinateState.FromSnapshot(coordinates) : CoordinateState.Empty,
        Events = snapshot.Events is { } events ? EventState.FromSnapshot(events) : EventState.Empty,
        Intentions = snapshot.Intentions is { } intentions ? IntentionState.FromSnapshot(intentions) : IntentionState.Empty,
        Queries = snapshot.Queries is { } queries ? QueryState.FromSnapshot(queries) : QueryState.Empty,
    };
}
