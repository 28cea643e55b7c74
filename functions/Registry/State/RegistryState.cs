using System.Collections.Immutable;
using Saas.Discovery.Catalog;
using Saas.Discovery.Model;

namespace Saas.Registry.State;

/// <summary>
/// All that a domain holds, at one index. Immutable: who was given one may read it for as long as it likes. Changes are
/// <see cref="Change"/>s and nothing else.
/// </summary>
internal sealed partial record RegistryState
{
    /// <summary>The registry's own node: what sessions are bound to that name no node, as with an agent of Consul its own.</summary>
    public const string OwnNode = "registry";

    /// <summary>A domain that nobody has written to.</summary>
    public static readonly RegistryState Genesis = new()
    {
        Index = 1,
        Catalog = CatalogState.Empty
            .WithNode(new Node { Name = OwnNode, Address = "127.0.0.1" }, 1, new List<string>())
            .WithCheck(
                new HealthCheck
                {
                    Node = OwnNode,
                    CheckID = HealthStatus.AgentAlive,
                    Name = "Serf Health Status",
                    Status = HealthStatus.Passing,
                    Output = "Agent alive and reachable",
                },
                1,
                new List<string>()),
    };

    /// <summary>Of the last command that changed something.</summary>
    public required ulong Index { get; init; }

    public required CatalogState Catalog { get; init; }

    /// <summary>What must be renewed, by id.</summary>
    public ImmutableDictionary<string, LeaseTerm> Leases { get; init; } = ImmutableDictionary.Create<string, LeaseTerm>(StringComparer.Ordinal);
}

/// <summary>Something that ends when it is not renewed.</summary>
/// <param name="Id">Unique and never used again.</param>
/// <param name="Silence">For so long at least it may go without a renewal.</param>
/// <param name="Subject">Whose it is: a session's id, a node's name.</param>
internal sealed record LeaseTerm(string Id, LeaseKind Kind, TimeSpan Silence, string Subject);

internal enum LeaseKind
{
    /// <summary>Its end invalidates the session.</summary>
    Session,

    /// <summary>Its end makes the node's <see cref="HealthStatus.AgentAlive"/> critical.</summary>
    Agent,
}
