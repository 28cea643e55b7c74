using System.Text.Json;
using Saas.Encryption.Mounts;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Identity.Keys;

namespace Saas.Encryption.Sys;

/// <summary>GET and POST /v1/sys/mounts/:path/tune, and POST /v1/sys/remount, which is refused: keys are bound to their mount.</summary>
internal static class TuneMount
{
    public static void Map(IRouteTable routes)
    {
        routes.MapSystem(VaultVerb.Read, "/v1/sys/mounts/{path}/tune", "mounts:read", MountPaths.Resource, "How a secrets engine is tuned.", ReadAsync);
        routes.MapSystem(VaultVerb.Write, "/v1/sys/mounts/{path}/tune", "mounts:write", MountPaths.Resource, "Tunes a secrets engine.", WriteAsync);
        routes.MapSystem(
            VaultVerb.Write, "/v1/sys/remount", "mounts:write", _ => "mount", "Refused: a mount cannot be moved.",
            (_, _) => ValueTask.FromResult(VaultResponse.BadRequest(
                "a mount cannot be moved here: what is in it is sealed for its place. Enable another and write what it should hold there")));
    }

    private static ValueTask<VaultResponse> ReadAsync(VaultRequest request, CancellationToken ct)
    {
        var path = MountPaths.Of(request.Api);
        if (request.Target.Project.All.FirstOrDefault(m => m.Path == path)?.Record is not { } mount)
        {
            return ValueTask.FromResult(VaultResponse.BadRequest($"cannot fetch sysview for path \"{path}/\""));
        }

        var system = (long)TokenTerms.MaxLifetime.TotalSeconds;
        var response = VaultResponse.Data(512, VaultPart.DataAlsoOnTop);
        var json = response.Json;
        json.WriteNumber("default_lease_ttl", mount.DefaultLeaseTtl == 0 ? system : mount.DefaultLeaseTtl);
        json.WriteString("description", mount.Description);
        json.WriteBoolean("force_no_cache", false);
        if (mount.ListingVisibility.Length > 0)
        {
            json.WriteString("listing_visibility", mount.ListingVisibility);
        }

        json.WriteNumber("max_lease_ttl", mount.MaxLeaseTtl == 0 ? system : mount.MaxLeaseTtl);
        if (mount.Engine == Engine.Kv)
        {
            json.WriteStartObject("options");
            json.WriteString("version", "2");
            json.WriteEndObject();
        }

        return ValueTask.FromResult(response);
    }

    private static async ValueTask<VaultResponse> WriteAsync(VaultRequest request, CancellationToken ct)
    {
        var fields = request.Fields("default_lease_ttl", "max_lease_ttl", "description", "options", "listing_visibility", "force_no_cache");
        var path = MountPaths.Of(request.Api);
        var settings = MountSettings.OfTuning(fields);
        CheckOptions(fields);
        var description = fields.String("description");
        await request.Service<MountChanges>().ChangeAsync(
            request.Tenant,
            request.ProjectId,
            table =>
            {
                var mount = table.Mounts.FirstOrDefault(m => m.Path == path)
                    ?? throw VaultException.BadRequest($"no mount entry found for path \"{path}/\"");
                var tuned = settings.Apply(mount with { Description = description ?? mount.Description });
                return tuned == mount ? table : table with { Mounts = [.. table.Mounts.Select(m => m == mount ? tuned : m)] };
            },
            ct);
        return VaultResponse.NoContent();
    }

    /// <exception cref="VaultException">400: Vault upgrades from version 1 by it, and never goes back.</exception>
    private static void CheckOptions(VaultFields fields)
    {
        if (fields.Find("options") is { ValueKind: JsonValueKind.Object } options
            && options.TryGetProperty("version", out var version) && version.ToString() is not ("2" or ""))
        {
            throw VaultException.BadRequest($"cannot downgrade mount from version 2");
        }
    }
}
