using Saas.Discovery.Model;
using Saas.Registry.Consul;
using Saas.Registry.State;

namespace Saas.Registry.Queries;

/// <summary>One execution of a query.</summary>
/// <param name="IdOrName">Of the query.</param>
internal sealed record QueryAsk(string IdOrName)
{
    /// <summary>Goes before the query's own; empty: none.</summary>
    public string Near { get; init; } = "";

    /// <summary>What <c>_agent</c> means.</summary>
    public string AgentNode { get; init; } = RegistryState.OwnNode;

    /// <summary>What <c>_ip</c> means; empty: nothing.</summary>
    public string SourceAddress { get; init; } = "";

    /// <summary>0 or less: all.</summary>
    public int Limit { get; init; }

    public bool Connect { get; init; }
    public Consistency Consistency { get; init; }
    public TimeSpan MaxStale { get; init; } = TimeSpan.FromSeconds(1);
}

/// <param name="Query">As executed: of a template with the name filled in.</param>
/// <param name="Datacenter">Where the instances are, or where was looked last.</param>
/// <param name="Failovers">How many other datacenters were asked.</param>
/// <param name="Index">Of the state the query was found in.</param>
internal sealed record QueryRun(PreparedQuery Query, IReadOnlyList<CheckServiceNode> Nodes, string Datacenter, int Failovers, ulong Index);
