using System.Net;

namespace Saas.Hosting.Limits;

/// <summary>A token bucket: <paramref name="Burst"/> at once, then <paramref name="PerSecond"/> on average.</summary>
public sealed record Rate(int PerSecond, int Burst);

/// <summary>
/// How many requests are let through. Every instance counts for itself, so what a tenant gets over all is up to the
/// number of instances times this: the limits protect an instance, quotas and prices limit the tenant.
/// </summary>
public sealed record RateLimits
{
    /// <summary>By plan of the tenant; a plan that is not here has the rate of <c>dev</c>.</summary>
    public IReadOnlyDictionary<string, Rate> Plans { get; init; } = new Dictionary<string, Rate>
    {
        ["dev"] = new(100, 300),
        ["prod"] = new(1000, 3000),
    };

    /// <summary>One client address, over all routes.</summary>
    public Rate Address { get; init; } = new(1000, 2000);

    /// <summary>One client address on one public route (sign-up, enrolment): each of these costs us writes.</summary>
    public Rate PublicRoute { get; init; } = new(1, 60);

    /// <summary>
    /// One client address on one public route that many machines call from behind it: a site's agents renew their tokens
    /// through one address, all at once after an outage.
    /// </summary>
    public Rate FleetRoute { get; init; } = new(50, 1000);

    /// <summary>Credentials that failed, from one client address; a good one still passes.</summary>
    public Rate FailedCredentials { get; init; } = new(2, 60);

    /// <summary>Buckets kept at most, of each kind. Clients that come when all are in use share one.</summary>
    public int MaxPartitions { get; init; } = 20_000;

    /// <summary>
    /// Proxies whose X-Forwarded-For is believed. None by default; under the Functions host loopback, which is the host,
    /// is always one.
    /// </summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];
}
