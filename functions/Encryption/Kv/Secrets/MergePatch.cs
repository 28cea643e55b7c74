using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Kv.Secrets;

/// <summary>JSON Merge Patch, RFC 7396.</summary>
internal static class MergePatch
{
    private const string ContentType = "application/merge-patch+json";

    /// <exception cref="VaultException">415: the body is said to be something else; 400: it is not said what it is.</exception>
    public static void RequireContentType(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            throw VaultException.BadRequest("mime: no media type");
        }

        if (!type.MediaType.Equals(ContentType, StringComparison.OrdinalIgnoreCase))
        {
            throw new VaultException(
                StatusCodes.Status415UnsupportedMediaType, $"PATCH requires Content-Type of {ContentType}, provided {type.MediaType}");
        }
    }

    /// <summary>Writes what the patch makes of the target.</summary>
    /// <param name="target">Null: the patch is applied to nothing.</param>
    public static void Write(Utf8JsonWriter json, JsonElement? target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            SecretData.Write(json, patch);
            return;
        }

        var changes = SecretData.MembersOf(patch);
        var members = target is { ValueKind: JsonValueKind.Object } given ? SecretData.MembersOf(given) : [];
        json.WriteStartObject();
        foreach (var name in members.Keys.Union(changes.Keys).Order(StringComparer.Ordinal))
        {
            if (!changes.TryGetValue(name, out var change))
            {
                json.WritePropertyName(name);
                SecretData.Write(json, members[name]);
            }
            else if (change.ValueKind != JsonValueKind.Null)
            {
                json.WritePropertyName(name);
                Write(json, members.TryGetValue(name, out var member) ? member : null, change);
            }
        }

        json.WriteEndObject();
    }
}
