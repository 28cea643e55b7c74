using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Saas.Encryption.Kv.Config;
using Saas.Encryption.Kv.Metadata;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Kv.Secrets;
using Saas.Encryption.Kv.Versions;
using Saas.Encryption.Mounts;
using Saas.Encryption.Vault;
using Saas.Hosting.Metering;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Kv;

/// <param name="path">Of the secret, checked.</param>
internal delegate ValueTask<VaultResponse> SecretHandler(VaultRequest request, KvPath path, CancellationToken ct);

/// <summary>Vault's KV version 2 engine.</summary>
internal static class KvRoutes
{
    public static IServiceCollection AddKv(this IServiceCollection services) =>
        services.AddSingleton<SecretGates>().AddSingleton<SecretWriter>();

    public static void Map(IRouteTable routes)
    {
        ReadSecret.Map(routes);
        WriteSecret.Map(routes);
        PatchSecret.Map(routes);
        ReadSubkeys.Map(routes);
        DeleteVersions.Map(routes);
        UndeleteVersions.Map(routes);
        DestroyVersions.Map(routes);
        ReadMetadata.Map(routes);
        WriteMetadata.Map(routes);
        PatchMetadata.Map(routes);
        DeleteMetadata.Map(routes);
        ListSecrets.Map(routes);
        ReadConfig.Map(routes);
        WriteConfig.Map(routes);
    }

    /// <summary><c>/v1/{mount}/{area}/{path}</c>, on one secret.</summary>
    /// <param name="area"><c>data</c>, <c>metadata</c>, …</param>
    /// <param name="meter">Counts what was answered, and what was not found; never what was refused.</param>
    public static void MapSecret(
        this IRouteTable routes, VaultVerb verb, string area, string action, string meter, string summary, SecretHandler handler) =>
        routes.MapKv(verb, area + "/{**path}", action, meter, summary, (request, ct) =>
        {
            var path = request.Route("path");
            return path.Length == 0 || path.EndsWith('/')
                ? ValueTask.FromResult(NoSecret(request, path))
                : handler(request, KvPath.Parse(path), ct);
        });

    public static void MapKv(
        this IRouteTable routes, VaultVerb verb, string pattern, string action, string meter, string summary, VaultHandler handler) =>
        routes.MapVault(verb, "/v1/{mount}/" + pattern, Engine.Kv, action, summary, async (request, ct) =>
        {
            var response = await handler(request, ct);
            if (response.Error is null or { Status: StatusCodes.Status404NotFound })
            {
                request.Service<UsageMeter>().Count(request.Principal.Tenant, meter, request.ProjectId, 1);
            }

            return response;
        });

    /// <summary>A path that names no secret: its end is a folder, or nothing at all.</summary>
    private static VaultResponse NoSecret(VaultRequest request, string path)
    {
        var http = request.Api.Http.Request;
        var isFolder = http.Path.Value!.EndsWith('/');
        if (isFolder && !HttpMethods.IsGet(http.Method) && !HttpMethods.IsDelete(http.Method))
        {
            return VaultResponse.BadRequest("cannot write to a path ending in '/'");
        }

        request.Warn(path.Length == 0
            ? "Non-listing operations on the root of a K/V v2 mount are not supported."
            : "Invalid path for a versioned K/V secrets engine: only folders end in '/', and folders can only be listed.");
        var response = VaultResponse.Data();
        response.Status = StatusCodes.Status404NotFound;
        return response;
    }
}
