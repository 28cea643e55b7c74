using System.Net;

namespace Saas.LocalRegistry;

/// <summary>What this machine is in the catalog, and what the agent's configuration allows.</summary>
internal sealed record LocalRegistryOptions
{
    /// <summary>See <see cref="NodeIdentityRules"/>.</summary>
    public required string NodeName { get; init; }

    /// <summary>A UUID.</summary>
    public required string NodeId { get; init; }

    /// <summary>The address that others reach this machine at.</summary>
    public required IPAddress Address { get; init; }

    public IReadOnlyDictionary<string, string> NodeMeta { get; init; } = new Dictionary<string, string>();

    /// <summary>Without word of the agent for so long, the node counts as dead: 5 s to 10 min.</summary>
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Script checks that came over HTTP run too: whoever reaches the port runs commands as the agent.</summary>
    public bool EnableScriptChecks { get; init; }

    /// <summary>Script checks of jobs run.</summary>
    public bool EnableLocalScriptChecks { get; init; }

    /// <summary>Other nodes' round trips are measured and reported.</summary>
    public bool ProbePeers { get; init; } = true;

    /// <summary>Where the HTTP API listens, on loopback; null: nowhere.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>Mean time for which a check's output that changed without its status is held back; Consul's <c>check_update_interval</c>.</summary>
    public TimeSpan CheckUpdateInterval { get; init; } = TimeSpan.FromMinutes(5);
}
