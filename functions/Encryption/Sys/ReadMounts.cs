using Saas.Encryption.Mounts;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Sys;

/// <summary>GET /v1/sys/mounts: the project's engines; GET /v1/sys/mounts/:path: one.</summary>
internal static class ReadMounts
{
    public static void Map(IRouteTable routes)
    {
        routes.MapSystem(VaultVerb.Read, "/v1/sys/mounts", "mounts:read", _ => "mount", "The project's secrets engines.", ListAsync);
        routes.MapSystem(VaultVerb.Read, "/v1/sys/mounts/{path}", "mounts:read", MountPaths.Resource, "One secrets engine.", ReadAsync);
    }

    private static ValueTask<VaultResponse> ListAsync(VaultRequest request, CancellationToken ct)
    {
        var project = request.Target.Project;
        var response = VaultResponse.Data(4096, VaultPart.DataAlsoOnTop);
        foreach (var mount in project.All.OrderBy(m => m.Path, StringComparer.Ordinal))
        {
            MountInfo.Write(response.Json, project, mount);
        }

        MountInfo.WriteSystem(response.Json, project);
        return ValueTask.FromResult(response);
    }

    private static ValueTask<VaultResponse> ReadAsync(VaultRequest request, CancellationToken ct)
    {
        var (project, path) = (request.Target.Project, MountPaths.Of(request.Api));
        if (project.All.FirstOrDefault(m => m.Path == path) is not { } mount)
        {
            return ValueTask.FromResult(VaultResponse.BadRequest($"No secret engine mount at {path}/"));
        }

        var response = VaultResponse.Data(1024, VaultPart.DataAlsoOnTop);
        MountInfo.WriteMembers(response.Json, project, mount);
        return ValueTask.FromResult(response);
    }
}
