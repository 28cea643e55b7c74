using Microsoft.AspNetCore.Http;
using Saas.Encryption.Mounts;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Identity.Access;

namespace Saas.Encryption.Sys;

/// <summary>
/// GET /v1/sys/internal/ui/mounts, and …/mounts/:path, which <c>vault kv</c> asks before anything else: where the path's
/// engine begins and of what version it is. Every principal may ask; it sees the mounts it may do something in.
/// </summary>
internal static class UiMounts
{
    public static void Map(IRouteTable routes)
    {
        var access = RouteAccess.Requires(BuiltInPolicies.SelfAction, BuiltInPolicies.SelfResource);
        routes.MapSystem(VaultVerb.Read, "/v1/sys/internal/ui/mounts", access, "The engines the caller may do something in.", ListAsync);
        routes.MapSystem(VaultVerb.Read, "/v1/sys/internal/ui/mounts/{**path}", access, "The engine a path is in.", FindAsync);
    }

    private static async ValueTask<VaultResponse> ListAsync(VaultRequest request, CancellationToken ct)
    {
        var project = await VaultTargets.ProjectOf(request.Api, ct);
        var response = VaultResponse.Data(4096);
        response.Json.WriteStartObject("auth");
        MountInfo.WriteTokenMethod(response.Json, request.Tenant.Tenant.Value);
        response.Json.WriteEndObject();
        response.Json.WriteStartObject("secret");
        foreach (var mount in project.All.Where(m => MayEnter(request, m)).OrderBy(m => m.Path, StringComparer.Ordinal))
        {
            MountInfo.Write(response.Json, project, mount);
        }

        response.Json.WriteEndObject();
        return response;
    }

    private static async ValueTask<VaultResponse> FindAsync(VaultRequest request, CancellationToken ct)
    {
        var project = await VaultTargets.ProjectOf(request.Api, ct);
        var path = request.Route("path").TrimStart('/');
        var name = path.Split('/')[0];
        if (project.All.FirstOrDefault(m => m.Path == name) is not { } mount || !MayEnter(request, mount))
        {
            // The same for both, so that nobody finds out by guessing.
            return VaultResponse.Failed(new VaultError(
                StatusCodes.Status403Forbidden,
                $"preflight capability check returned 403, please ensure client's policies grant access to path \"{path.TrimEnd('/')}/\""));
        }

        var response = VaultResponse.Data();
        MountInfo.WriteMembers(response.Json, project, mount);
        response.Json.WriteString("path", mount.Path + "/");
        return response;
    }

    private static bool MayEnter(VaultRequest request, Mount mount)
    {
        var actions = Engines.TypeOf(mount.Record.Engine) + ":*";
        return Authorizer.Reaches(request.Principal, actions, mount.Resource) || Authorizer.Reaches(request.Principal, actions, mount.ResourcePrefix + "*");
    }
}
