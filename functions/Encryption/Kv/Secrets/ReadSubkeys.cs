using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Kv.Secrets;

/// <summary>GET …/subkeys/{path}: what a secret's value is made of, with null for everything that is secret.</summary>
internal static class ReadSubkeys
{
    public static void Map(IRouteTable routes) =>
        routes.MapSecret(VaultVerb.Read, "subkeys", "kv:read", Meters.KvRead, "Reads the structure of a version's value, without values.", ReadAsync);

    private static async ValueTask<VaultResponse> ReadAsync(VaultRequest request, KvPath path, CancellationToken ct)
    {
        var depth = KvQuery.Int(request, "depth");
        using var found = await VersionRead.FindAsync(request, path, ct);
        if (found is null)
        {
            return VaultResponse.NotFound();
        }

        var response = VaultResponse.Data();
        VersionAnswer.WriteMetadata(response.Json, found.Secret, found.Version);
        response.Json.WritePropertyName("subkeys");
        if (found.Value is { } value)
        {
            using var document = SecretData.Parse(value.Memory);
            Write(response.Json, document.RootElement, level: 1, depth == 0 ? int.MaxValue : depth);
        }
        else
        {
            response.Status = StatusCodes.Status404NotFound;
            response.Json.WriteNullValue();
        }

        return response;
    }

    /// <summary>An object that is empty, or lies deeper than asked for, is a leaf.</summary>
    private static void Write(Utf8JsonWriter json, JsonElement value, int level, int depth)
    {
        json.WriteStartObject();
        foreach (var member in value.EnumerateObject())
        {
            json.WritePropertyName(member.Name);
            if (member.Value.ValueKind == JsonValueKind.Object && level < depth && member.Value.EnumerateObject().Any())
            {
                Write(json, member.Value, level + 1, depth);
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndObject();
    }
}
