using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Hosting.Pipeline;
using Saas.Identity.Access;

namespace Saas.Encryption.Sys;

/// <summary>
/// POST /v1/sys/capabilities-self, and /v1/sys/capabilities for the caller's own token: what others may do is not told.
/// An owner gets the whole list, not Vault's <c>root</c>: it has no more than the list says.
/// </summary>
internal static class Capabilities
{
    private const int MaxPaths = 1000;

    public static void Map(IRouteTable routes)
    {
        var access = RouteAccess.Requires(BuiltInPolicies.SelfAction, BuiltInPolicies.SelfResource);
        routes.MapSystem(VaultVerb.Write, "/v1/sys/capabilities-self", access, "What the caller may do on paths.", HandleAsync);
        routes.MapSystem(VaultVerb.Write, "/v1/sys/capabilities", access, "As capabilities-self, for the caller's own token.", OfTokenAsync);
        routes.MapSystem(
            VaultVerb.Write, "/v1/sys/capabilities-accessor", access, "Refused: what others may do is not told.",
            (_, _) => ValueTask.FromResult(VaultResponse.BadRequest("capabilities are told only to the token itself: ask sys/capabilities-self")));
    }

    private static ValueTask<VaultResponse> OfTokenAsync(VaultRequest request, CancellationToken ct)
    {
        var token = request.Fields("token", "paths", "path").String("token");
        return token is null or "" ? ValueTask.FromResult(VaultResponse.BadRequest("no token found"))
            : token == Credentials.Of(request.Api.Http.Request) ? HandleAsync(request, ct)
            : ValueTask.FromResult(VaultResponse.BadRequest("capabilities are told only to the token itself: ask sys/capabilities-self"));
    }

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var fields = request.Fields("token", "paths", "path");
        var paths = (fields.Strings("paths") is { Count: > 0 } many ? many : fields.Strings("path") ?? [])
            .Distinct(StringComparer.Ordinal).ToList();
        if (paths.Count is 0 or > MaxPaths)
        {
            return VaultResponse.BadRequest(paths.Count == 0 ? "paths must be supplied" : $"at most {MaxPaths} paths can be asked for at once");
        }

        var response = VaultResponse.Data(256 + (paths.Count * 96), VaultPart.DataAlsoOnTop);
        var capabilities = request.Service<PathCapabilities>();
        foreach (var path in paths)
        {
            var found = await capabilities.OfAsync(request.Api, path, ct);
            Write(response, path, found);
            if (paths.Count == 1 && path != "capabilities")
            {
                // As old clients, that knew only one path at a time, still read it.
                Write(response, "capabilities", found);
            }
        }

        return response;
    }

    private static void Write(VaultResponse response, string name, IReadOnlyList<string> capabilities)
    {
        response.Json.WriteStartArray(name);
        foreach (var capability in capabilities)
        {
            response.Json.WriteStringValue(capability);
        }

        response.Json.WriteEndArray();
    }
}
