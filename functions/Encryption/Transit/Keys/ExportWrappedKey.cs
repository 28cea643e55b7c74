using System.Globalization;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// Hands out a key wrapped by another key of the mount, in the form that importing takes: usually another system's
/// wrapping key whose public half was imported here.
/// </summary>
internal static class ExportWrappedKey
{
    /// <summary>The source is the route's name, because it is what has to be allowed to leave.</summary>
    public static void Map(IRouteTable routes)
    {
        foreach (var version in (string[])["", "/{version}"])
        {
            routes.MapVault(
                VaultVerb.Read, "/v1/{mount}/byok-export/{destination}/{name}" + version, Mounts.Engine.Transit, "transit:export",
                "Export a key wrapped by another", HandleAsync);
        }
    }

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var hashName = request.Query("hash") is { Length: > 0 } given ? given : "SHA256";
        if (!KeyWrapping.TryParseHash(hashName, out var hash))
        {
            return VaultResponse.BadRequest($"unknown hash function: {hashName}");
        }

        var keys = request.Service<TransitKeys>();
        if (await keys.FindAsync(request, request.Route("destination"), ct) is not { } destination)
        {
            return VaultResponse.BadRequest("no such destination key to export to");
        }

        if (await keys.FindAsync(request, request.Route("name"), ct) is not { } source)
        {
            return VaultResponse.BadRequest("no such source key for export");
        }

        if (!source.Exportable)
        {
            return VaultResponse.BadRequest("key is not exportable");
        }

        if (!destination.Type.IsRsa)
        {
            return VaultResponse.BadRequest("unsupported key type in use; must be a rsa key");
        }

        var (from, to) = WantedVersions.Of(source, request.Route("version"));
        using var wrapping = await keys.MaterialAsync(request, destination, destination.LatestVersion, ct);
        return await AnswerAsync(request, source, from, to, (RsaMaterial)wrapping.Value, hash, ct);
    }

    private static async ValueTask<VaultResponse> AnswerAsync(
        VaultRequest request, TransitKey source, int from, int to, RsaMaterial wrappingKey, DigestAlgorithm hash, CancellationToken ct)
    {
        var response = VaultResponse.Data();
        try
        {
            response.Json.WriteString("name", source.Name);
            response.Json.WriteString("type", source.Type.WireName);
            response.Json.WriteStartObject("keys");
            await foreach (var (version, material) in request.Service<VersionRows>().ReadAsync(KeyRing.Of(request), source, from, to, ct))
            {
                using (material)
                {
                    if (KeyWrapping.Wrap(wrappingKey, hash, material, out var blob) != CryptoFault.None)
                    {
                        throw VaultException.BadRequest($"failed to wrap target key for import: version {version.Number} has no private key");
                    }

                    response.Json.WriteBase64String(version.Number.ToString(CultureInfo.InvariantCulture), blob);
                }
            }

            response.Json.WriteEndObject();
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
