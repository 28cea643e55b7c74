using Saas.Encryption.Mounts;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Sys;

/// <summary>
/// DELETE /v1/sys/mounts/:path: the engine and everything in it. It is gone at once; its rows are removed soon after by
/// <see cref="RemoveDisabledMounts"/>. A mount there is not is no error, as in Vault.
/// </summary>
internal static class DisableMount
{
    public static void Map(IRouteTable routes) =>
        routes.MapSystem(
            VaultVerb.Delete, "/v1/sys/mounts/{path}", "mounts:write", MountPaths.Resource, "Disables a secrets engine and removes all that is in it.", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var path = MountPaths.Of(request.Api);
        if (path == "sys")
        {
            return VaultResponse.BadRequest("cannot unmount \"sys/\"");
        }

        var now = request.Service<TimeProvider>().GetUtcNow();
        await request.Service<MountChanges>().ChangeAsync(
            request.Tenant,
            request.ProjectId,
            table => table.Mounts.FirstOrDefault(m => m.Path == path) is { } mount
                ? table with
                {
                    Mounts = [.. table.Mounts.Where(m => m != mount)],
                    Disabled = [.. table.Disabled, new DisabledMount(mount.Engine, mount.Id, now)],
                }
                : table,
            ct);
        return VaultResponse.NoContent();
    }
}
