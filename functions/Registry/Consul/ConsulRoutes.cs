using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Registry.Domains;

namespace Saas.Registry.Consul;

internal delegate ValueTask<IResult> ConsulHandler(ConsulRequest request, CancellationToken ct);

/// <exception cref="RegistryException">What is wrong with what was asked.</exception>
internal delegate Question QuestionReader(ConsulRequest request);

/// <summary>Maps Consul's paths, each with the permission it needs.</summary>
internal static class ConsulRoutes
{
    /// <summary>Bodies of what is not KV; Consul's own limit for those is its HTTP server's.</summary>
    public const int MaxBodyBytes = 1024 * 1024;

    /// <summary>A reading endpoint that Consul blocks on.</summary>
    /// <param name="action"><c>catalog:read</c></param>
    /// <param name="resource">What follows <c>project/prj_…/dc/berlin/</c> in the resource: <c>service/web</c>.</param>
    public static IRoute MapQuestion(
        this IRouteTable routes, string pattern, string action, Func<ApiRequest, string> resource, string summary, QuestionReader read) =>
        routes.MapConsul("GET", pattern, action, resource, summary, (request, ct) => Blocking.AnswerAsync(request, read(request), ct));

    /// <summary>An endpoint that changes something: each call is in the audit log.</summary>
    public static IRoute MapChange(
        this IRouteTable routes, string method, string pattern, string action, Func<ApiRequest, string> resource, string summary, ConsulHandler handler) =>
        routes.MapConsul(method, pattern, action, resource, summary, handler).Spooled();

    /// <summary>Any other endpoint.</summary>
    public static IRoute MapConsul(
        this IRouteTable routes, string method, string pattern, string action, Func<ApiRequest, string> resource, string summary, ConsulHandler handler) =>
        routes.MapConsul(method, pattern, Access(action, resource), summary, handler);

    /// <summary>An endpoint whose action depends on what is asked of it: see <see cref="Access"/>.</summary>
    public static IRoute MapConsul(
        this IRouteTable routes, string method, string pattern, RouteAccess access, string summary, ConsulHandler handler) =>
        routes.Map(method, pattern, access, (api, ct) => HandleAsync(api, handler, ct))
            .Summary(summary)
            .MaxBodyBytes(MaxBodyBytes)
            .Produces(StatusCodes.Status200OK);

    /// <summary>Policies name projects by id and datacenters by name, so both are looked up before access is decided on.</summary>
    public static RouteAccess Access(string action, Func<ApiRequest, string> resource) => RouteAccess.Requires(action, (request, ct) =>
    {
        var found = request.Service<DomainDirectory>().FindAsync(request, ct);
        return found.IsCompletedSuccessfully ? ValueTask.FromResult(Named(request, found.Result)) : AwaitAsync(found.AsTask());

        async ValueTask<string> AwaitAsync(Task<Domain> looking)
        {
            try
            {
                return Named(request, await looking);
            }
            catch (RegistryException e)
            {
                throw Blocking.ProblemOf(e);
            }
        }

        string Named(ApiRequest named, Domain domain)
        {
            named.Found = domain;
            return domain.ResourcePrefix + resource(named);
        }
    });

    private static async Task<IResult> HandleAsync(ApiRequest api, ConsulHandler handler, CancellationToken ct)
    {
        try
        {
            return await handler(new ConsulRequest(api, (Domain)api.Found!), ct);
        }
        catch (RegistryException e)
        {
            return new ConsulError(e.Status, e.Message);
        }
    }
}
