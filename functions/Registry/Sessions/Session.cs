using Saas.Discovery.Model;

namespace Saas.Registry.Sessions;

/// <summary>
/// What locks are held by: alive while its node is registered, its checks are there and not critical, and it is renewed
/// if it has a TTL. Immutable.
/// </summary>
internal sealed record Session
{
    /// <summary>A UUID in lower case, never used again.</summary>
    public required string ID { get; init; }

    public string Name { get; init; } = "";
    public required string Node { get; init; }

    /// <summary>For how long its locks cannot be taken when it is invalidated; at most <see cref="SessionLimits.MaxLockDelay"/>.</summary>
    public TimeSpan LockDelay { get; init; }

    /// <summary>Its locks' keys are deleted when it ends; else they are only released.</summary>
    public bool DeletesKeys { get; init; }

    /// <summary>As it was given: <c>15s</c>; empty: none.</summary>
    public string TTL { get; init; } = "";

    /// <summary>Ids of checks of the node.</summary>
    public IReadOnlyList<string>? NodeChecks { get; init; }

    public IReadOnlyList<SessionServiceCheck>? ServiceChecks { get; init; }

    public ulong CreateIndex { get; init; }

    /// <summary>All on its node.</summary>
    public IEnumerable<string> CheckIds => (NodeChecks ?? []).Concat((ServiceChecks ?? []).Select(c => c.ID));

    /// <summary>Alone, unless the client chose others or none.</summary>
    public static readonly IReadOnlyList<string> DefaultChecks = [HealthStatus.AgentAlive];
}

internal sealed record SessionServiceCheck(string ID, string? Namespace);
