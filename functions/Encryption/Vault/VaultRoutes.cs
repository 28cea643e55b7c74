using Microsoft.AspNetCore.Http;
using Saas.Encryption.Mounts;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Vault;

/// <summary>What Vault calls an operation, by the methods it is asked with.</summary>
internal enum VaultVerb
{
    Read,

    /// <summary>POST and PUT are one in Vault.</summary>
    Write,
    Patch,
    Delete,

    /// <summary>LIST, or GET with <c>?list=true</c>.</summary>
    List,
}

/// <summary>Maps Vault's paths, each with the permission it needs.</summary>
internal static class VaultRoutes
{
    /// <summary>Vault's own <c>max_request_size</c>: 32 MiB.</summary>
    public const int MaxBodyBytes = 32 * 1024 * 1024;

    /// <summary>
    /// A path of an engine: <c>/v1/{mount}/…</c>. The resource is the mount's, or with <c>{name}</c> or <c>{path}</c> in
    /// the pattern that key or secret.
    /// </summary>
    /// <param name="action"><c>transit:encrypt</c></param>
    public static void MapVault(
        this IRouteTable routes, VaultVerb verb, string pattern, Engine engine, string action, string summary, VaultHandler handler) =>
        routes.MapEach(verb, pattern, RouteAccess.Requires(action, (request, ct) => VaultTargets.ResourceAsync(request, engine, ct)), summary, handler, Engines.TypeOf(engine));

    /// <summary>What a route needs no credential for takes little.</summary>
    private const int MaxPublicBodyBytes = 64 * 1024;

    private const string System = "system";

    /// <summary>A path of the system itself, on a resource of the caller's project.</summary>
    /// <param name="resource">What follows <c>project/prj_…/</c>.</param>
    public static void MapSystem(
        this IRouteTable routes, VaultVerb verb, string pattern, string action, Func<ApiRequest, string> resource, string summary, VaultHandler handler,
        string mountType = System) =>
        routes.MapEach(
            verb, pattern, RouteAccess.Requires(action, (request, ct) => VaultTargets.ResourceAsync(request, resource, ct)), summary, handler, mountType);

    /// <summary>A path of the system with an access of its own.</summary>
    public static void MapSystem(
        this IRouteTable routes, VaultVerb verb, string pattern, RouteAccess access, string summary, VaultHandler handler, string mountType = System) =>
        routes.MapEach(verb, pattern, access, summary, handler, mountType);

    private static void MapEach(
        this IRouteTable routes, VaultVerb verb, string pattern, RouteAccess access, string summary, VaultHandler handler, string mountType)
    {
        var endpoint = new VaultEndpoint(handler, mountType);
        foreach (var method in Methods(verb))
        {
            var route = routes.Map(method, pattern, access, endpoint.HandleAsync)
                .Summary(summary)
                .MaxBodyBytes(access.IsPublic ? MaxPublicBodyBytes : MaxBodyBytes)
                .Spooled()
                .Produces(StatusCodes.Status200OK);
            if (access.IsPublic)
            {
                // Machines behind one address all open what was wrapped for them.
                route.CalledByFleets();
            }
        }
    }

    private static string[] Methods(VaultVerb verb) => verb switch
    {
        VaultVerb.Read => ["GET"],
        VaultVerb.Write => ["POST", "PUT"],
        VaultVerb.Patch => ["PATCH"],
        VaultVerb.Delete => ["DELETE"],
        VaultVerb.List => ["LIST"],
        _ => throw new ArgumentOutOfRangeException(nameof(verb), verb, "Not a verb of Vault."),
    };
}
