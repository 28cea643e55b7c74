using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity.Access;
using Saas.Registry.Consul;
using Saas.Registry.Domains;

namespace Saas.Registry.Catalog;

/// <summary>
/// A change of the catalog. What it is on, and in which datacenter, stands in its body; so the body is read before it is
/// decided whether the caller may, and what follows from the state (a registration that also changes the node) is decided
/// by <see cref="Allows"/> where the state is known.
/// </summary>
internal sealed class CatalogWrite<T>(ConsulRequest request, T body)
    where T : class
{
    public ConsulRequest Request => request;
    public T Body => body;

    /// <param name="resource"><c>node/n1</c></param>
    public bool Allows(string resource) => request.Service<Authorizer>()
        .Decide(request.Api.Principal, CatalogRoutes.Write, request.Domain.ResourcePrefix + resource).IsAllowed;

    /// <exception cref="RegistryException">403</exception>
    public void Demand(string resource)
    {
        if (!Allows(resource))
        {
            throw RegistryException.Forbidden($"Permission denied: token lacks permission '{CatalogRoutes.Write}' on \"{resource}\"");
        }
    }
}

/// <summary>What a change is on, as policies name it.</summary>
internal delegate ValueTask<string> WrittenResource<T>(CatalogWrite<T> write, CancellationToken ct)
    where T : class;

internal static class CatalogWrites
{
    /// <param name="datacenter">The body's; empty: the query's, or the primary.</param>
    public static void MapCatalogWrite<T>(
        this IRouteTable routes,
        string path,
        string summary,
        JsonTypeInfo<T> type,
        Func<T, string?> datacenter,
        WrittenResource<T> resource,
        Func<CatalogWrite<T>, Task> run)
        where T : class
    {
        var access = RouteAccess.Requires(CatalogRoutes.Write, async (api, ct) =>
        {
            try
            {
                var write = await ReadAsync(api, type, datacenter, ct);
                api.Found = write;
                return write.Request.Domain.ResourcePrefix + await resource(write, ct);
            }
            catch (RegistryException e)
            {
                throw Blocking.ProblemOf(e);
            }
        });
        routes.Map("PUT", path, access, (api, _) => RunAsync((CatalogWrite<T>)api.Found!, run))
            .Summary(summary)
            .MaxBodyBytes(ConsulRoutes.MaxBodyBytes)
            .Produces(StatusCodes.Status200OK)
            .Spooled();
    }

    private static async ValueTask<CatalogWrite<T>> ReadAsync<T>(ApiRequest api, JsonTypeInfo<T> type, Func<T, string?> datacenter, CancellationToken ct)
        where T : class
    {
        var directory = api.Service<DomainDirectory>();
        var request = new ConsulRequest(api, await directory.FindAsync(api, ct));
        var body = await request.ReadJsonAsync(type, ct);
        if (datacenter(body) is { Length: > 0 } named && !string.Equals(named, request.Domain.Datacenter, StringComparison.OrdinalIgnoreCase))
        {
            request = new ConsulRequest(api, await directory.FindAsync(api.Tenant, request.Domain.ProjectId, named, ct));
        }

        return new CatalogWrite<T>(request, body);
    }

    private static async Task<IResult> RunAsync<T>(CatalogWrite<T> write, Func<CatalogWrite<T>, Task> run)
        where T : class
    {
        try
        {
            await run(write);
            return ConsulResult.True;
        }
        catch (RegistryException e)
        {
            return new ConsulError(e.Status, e.Message);
        }
    }
}
