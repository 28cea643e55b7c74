using System.Collections.Frozen;
using System.Net;
using Saas.Contracts;
using Saas.Hosting.Problems;
using Saas.Hosting.Routing;
using Saas.Identity.Access;

namespace Saas.Hosting.Limits;

/// <summary>Admission of requests: by address before anything else, by tenant once it is known.</summary>
internal sealed class RequestLimits
{
    private readonly LimiterPartitions<UInt128> _addresses;
    private readonly LimiterPartitions<UInt128> _failedCredentials;
    private readonly LimiterPartitions<(ApiRoute Route, UInt128 Address)> _publicRoutes;
    private readonly LimiterPartitions<(ApiRoute Route, UInt128 Address)> _fleetRoutes;
    private readonly FrozenDictionary<string, LimiterPartitions<TenantId>> _plans;
    private readonly LimiterPartitions<TenantId> _otherPlans;

    public RequestLimits(RateLimits limits, TimeProvider time)
    {
        _addresses = new(limits.Address, limits.MaxPartitions, time);
        _failedCredentials = new(limits.FailedCredentials, limits.MaxPartitions, time);
        _publicRoutes = new(limits.PublicRoute, limits.MaxPartitions, time);
        _fleetRoutes = new(limits.FleetRoute, limits.MaxPartitions, time);
        _plans = limits.Plans.ToFrozenDictionary(
            plan => plan.Key, plan => new LimiterPartitions<TenantId>(plan.Value, limits.MaxPartitions, time));
        _otherPlans = _plans["dev"];
    }

    /// <summary>Null if the request may go on.</summary>
    public Problem? ForAddress(ApiRoute route, IPAddress address)
    {
        var key = ClientAddress.Key(address);
        if (_addresses.TryTake(key) is { } wait)
        {
            return Problem.TooManyRequests("This address sends too many requests.", wait);
        }

        var routes = route.IsCalledByFleets ? _fleetRoutes : _publicRoutes;
        return route.Access.IsPublic && routes.TryTake((route, key)) is { } publicWait
            ? Problem.TooManyRequests("This address has called this route too often.", publicWait)
            : null;
    }

    public Problem? ForFailedCredential(IPAddress address) =>
        _failedCredentials.TryTake(ClientAddress.Key(address)) is { } wait
            ? Problem.TooManyRequests("This address has sent too many credentials that failed.", wait)
            : null;

    public Problem? ForTenant(Principal principal) =>
        (_plans.GetValueOrDefault(principal.Plan) ?? _otherPlans).TryTake(principal.Tenant) is { } wait
            ? Problem.TooManyRequests($"The tenant exceeds the request rate of its plan ({principal.Plan}).", wait)
            : null;
}
