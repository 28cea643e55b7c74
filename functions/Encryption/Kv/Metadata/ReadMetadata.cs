using System.Globalization;
using System.Text.Json;
using Saas.Cluster;
using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Kv.Secrets;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Kv.Metadata;

/// <summary>GET …/metadata/{path}: all that is known of a secret and its versions but their values.</summary>
internal static class ReadMetadata
{
    public static void Map(IRouteTable routes) =>
        routes.MapSecret(VaultVerb.Read, "metadata", "kv:metadata-read", Meters.KvRead, "Reads a secret's settings and versions.", ReadAsync);

    private static async ValueTask<VaultResponse> ReadAsync(VaultRequest request, KvPath path, CancellationToken ct)
    {
        using var rows = await KvRows.OpenAsync(request, ct);
        if (await rows.FindAsync(path.Text, ct) is not { Value: var secret })
        {
            return VaultResponse.NotFound();
        }

        var response = VaultResponse.Data(512 + (256 * secret.Versions.Count));
        var json = response.Json;
        json.WriteBoolean("cas_required", secret.CasRequired);
        json.WriteString("created_time", VersionAnswer.Time(secret.CreatedAt));
        json.WriteNumber("current_version", secret.Current);
        VersionAnswer.WriteCustomMetadata(json, secret);
        json.WriteString("delete_version_after", GoDuration.Text(secret.DeleteAfter));
        Write(json, "last_updated_by", secret.UpdatedBy);
        json.WriteNumber("max_versions", secret.MaxVersions);
        json.WriteNumber("oldest_version", secret.Oldest);
        json.WriteString("updated_time", VersionAnswer.Time(secret.UpdatedAt));
        json.WriteStartObject("versions");
        foreach (var version in secret.Versions)
        {
            Write(json, version);
        }

        json.WriteEndObject();
        return response;
    }

    private static void Write(Utf8JsonWriter json, VersionRecord version)
    {
        json.WriteStartObject(version.Number.ToString(CultureInfo.InvariantCulture));
        Write(json, "created_by", version.CreatedBy);
        json.WriteString("created_time", VersionAnswer.Time(version.CreatedAt));
        Write(json, "deleted_by", version.DeletedBy);
        json.WriteString("deletion_time", VersionAnswer.Time(version.DeletedAt));
        json.WriteBoolean("destroyed", version.IsDestroyed);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, Attribution? by)
    {
        if (by is null)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteString("actor", by.Actor);
        json.WriteString("client_id", by.Id);
        json.WriteString("entity_id", by.Id);
        json.WriteString("operation", by.Operation);
        json.WriteEndObject();
    }
}
