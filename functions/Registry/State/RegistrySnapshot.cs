using System.Collections.Immutable;
using Saas.Discovery.Catalog;

namespace Saas.Registry.State;

/// <summary>A whole state as it is stored. A part that is null is empty: it is from before there was such a thing.</summary>
internal sealed record RegistrySnapshot
{
    public required ulong Index { get; init; }
    public required CatalogSnapshot Catalog { get; init; }
    public IReadOnlyList<LeaseTerm>? Leases { get; init; }
    public IReadOnlyList<AgentRegistration>? Agents { get; init; }
}

internal sealed partial record RegistryState
{
    public RegistrySnapshot ToSnapshot() => new()
    {
        Index = Index,
        Catalog = Catalog.ToSnapshot(),
        Leases = [.. Leases.Values],
        Agents = [.. Agents.Values],
    };

    public static RegistryState FromSnapshot(RegistrySnapshot snapshot) => new()
    {
        Index = snapshot.Index,
        Catalog = CatalogState.FromSnapshot(snapshot.Catalog),
        Leases = (snapshot.Leases ?? []).ToImmutableDictionary(l => l.Id, StringComparer.Ordinal),
        Agents = (snapshot.Agents ?? []).ToImmutableDictionary(a => a.Agent, StringComparer.Ordinal),
    };
}
