using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Saas.Hosting.Modules;

/// <summary>Handles a request that is authenticated and authorized as its route declares.</summary>
/// <exception cref="Problems.ProblemException">Becomes the problem document it carries.</exception>
public delegate Task<IResult> RouteHandler(ApiRequest request, CancellationToken ct);

public interface IRouteTable
{
    /// <param name="method">GET, HEAD, POST, PUT, PATCH, DELETE or LIST.</param>
    /// <param name="pattern">An ASP.NET Core route pattern: <c>/v1/projects/{projectId}</c>.</param>
    /// <exception cref="InvalidOperationException">The route is mapped already.</exception>
    IRoute Map(string method, string pattern, RouteAccess access, RouteHandler handler);
}

/// <summary>What the OpenAPI document says of a route, and its own limits.</summary>
public interface IRoute
{
    IRoute Summary(string text);

    IRoute Accepts<T>(JsonTypeInfo<T> type);

    IRoute Produces<T>(int status, JsonTypeInfo<T> type);

    IRoute Produces(int status);

    /// <summary>Statuses it answers with problem details, beside those every route has (400, 401, 403, 413, 429, 500).</summary>
    IRoute Problems(params int[] statuses);

    /// <summary>The largest body accepted; default 1 MiB.</summary>
    IRoute MaxBodyBytes(int bytes);

    /// <summary>A public route that many machines call from behind one address: it gets a fleet's rate.</summary>
    IRoute CalledByFleets();

    /// <summary>Not metered as an API call and not counted against the tenant's rate: the agents' channel.</summary>
    IRoute Unmetered();

    /// <summary>
    /// Every call has its own record in the audit log, reads too, written to the local spool instead of waiting for the
    /// store; for the calls of a hot path.
    /// </summary>
    IRoute Spooled();
}

/// <summary>Who may call a route. There is no default: a route cannot be mapped without saying.</summary>
public sealed class RouteAccess
{
    private RouteAccess(string? action, Func<ApiRequest, CancellationToken, ValueTask<string>>? resource, string? reason) =>
        (Action, Resource, PublicReason) = (action, resource, reason);

    /// <summary>Null for a public route.</summary>
    public string? Action { get; }

    /// <summary>The action where it depends on what is asked of the route; null: <see cref="Action"/>.</summary>
    public Func<ApiRequest, string>? ActionOf { get; private init; }

    /// <summary>The resource the action is on; null for a public route.</summary>
    public Func<ApiRequest, CancellationToken, ValueTask<string>>? Resource { get; }

    /// <summary>Why a public route needs no credential.</summary>
    public string? PublicReason { get; }

    public bool IsPublic => Action is null;

    /// <summary>One path that does several things by its query, as some protocols have it: each needs its own action.</summary>
    public RouteAccess ByRequest(Func<ApiRequest, string> action) => new(Action, Resource, PublicReason) { ActionOf = action, Other = Other };

    /// <summary>What else allows the route, where no policy says anything of its own action; null: nothing does.</summary>
    public RouteAccess? Other { get; private init; }

    /// <summary>Who may do the other, greater thing may do this, too; unless a policy denies this.</summary>
    public RouteAccess Or(RouteAccess other) => new(Action, Resource, PublicReason) { ActionOf = ActionOf, Other = other };

    /// <summary>Anyone: sign-up, health. Limited per address.</summary>
    public static RouteAccess Public(string reason) => new(null, null, reason);

    /// <param name="action"><c>jobs:submit</c>: what policies name.</param>
    /// <param name="resource"><c>project/prj_…</c>: which one, from the route and query.</param>
    public static RouteAccess Requires(string action, Func<ApiRequest, string> resource) =>
        new(action, (request, _) => ValueTask.FromResult(resource(request)), null);

    public static RouteAccess Requires(string action, string resource) =>
        new(action, (_, _) => ValueTask.FromResult(resource), null);

    /// <summary>
    /// For a resource that clients may name in several ways: policies name it in one, so it is looked up before it is
    /// decided on. It may throw <see cref="Problems.ProblemException"/>, to a caller that is authenticated.
    /// </summary>
    public static RouteAccess Requires(string action, Func<ApiRequest, CancellationToken, ValueTask<string>> resource) =>
        new(action, resource, null);
}
