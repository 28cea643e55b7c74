using System.Text.Json;
using Saas.Contracts;
using Saas.Encryption.Mounts;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Sys;

/// <summary>POST /v1/sys/mounts/:path: an engine under a path of its own, empty. There are transit and kv, version 2.</summary>
internal static class EnableMount
{
    public static void Map(IRouteTable routes)
    {
        routes.MapSystem(
            VaultVerb.Write, "/v1/sys/mounts/{path}", "mounts:write", MountPaths.Resource, "Enables transit, or kv with options.version 2.", HandleAsync);
        routes.MapSystem(
            VaultVerb.Write, "/v1/sys/mounts/{path}/{**rest}", "mounts:write", MountPaths.Resource, "Refused: a mount's path is one segment.",
            (_, _) => ValueTask.FromResult(VaultResponse.BadRequest("a mount's path is one segment here: it cannot contain a slash")));
    }

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var fields = request.Fields(
            "path", "type", "description", "config", "options", "local", "seal_wrap", "external_entropy_access", "plugin_name", "plugin_version");
        var path = MountPaths.Of(request.Api);
        MountPaths.CheckNew(path);
        if (fields.Bool("local", false) || fields.Bool("seal_wrap", false) || fields.Bool("external_entropy_access", false))
        {
            request.Warn("local, seal_wrap and external_entropy_access have no meaning here and were ignored");
        }

        using var settings = MountSettings.Of(request, fields);
        var time = request.Service<TimeProvider>();
        var enabled = settings.Apply(new MountRecord(
            path, EngineOf(fields), EntityId.New("mnt", time), fields.String("description") ?? "", time.GetUtcNow()));
        await request.Service<MountChanges>().ChangeAsync(request.Tenant, request.ProjectId, table => With(table, enabled), ct);
        return VaultResponse.NoContent();
    }

    private static MountTableRecord With(MountTableRecord table, MountRecord enabled)
    {
        // A write whose answer was lost is found here by its id.
        if (table.Mounts.FirstOrDefault(m => m.Path == enabled.Path) is { } there)
        {
            return there.Id == enabled.Id ? table : throw VaultException.BadRequest($"path is already in use at {enabled.Path}/");
        }

        return table.Mounts.Count < MountTableRecord.MaxMounts
            ? table with { Mounts = [.. table.Mounts, enabled] }
            : throw VaultException.BadRequest($"a project has at most {MountTableRecord.MaxMounts} mounts");
    }

    private static Engine EngineOf(VaultFields fields)
    {
        var version = fields.Find("options") is { ValueKind: JsonValueKind.Object } options && options.TryGetProperty("version", out var given)
            ? given.ToString()
            : null;
        switch (fields.String("type"))
        {
            case null or "":
                throw VaultException.BadRequest("backend type must be specified as a string");
            case "transit" when version is null:
                return Engine.Transit;
            case "transit":
                throw VaultException.BadRequest("secrets engine \"transit\" does not allow setting a version");
            case "kv-v2":
            case "kv" when version is "2":
                return Engine.Kv;
            case "kv" or "kv-v1" or "generic":
                throw VaultException.BadRequest(
                    "kv version 1 is not supported here: enable version 2, with type \"kv-v2\" or with options version=2");
            case var other:
                throw VaultException.BadRequest($"secrets engine \"{other}\" is not supported here: there are \"transit\" and \"kv\" version 2");
        }
    }
}
