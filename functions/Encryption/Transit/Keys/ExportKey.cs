using System.Globalization;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Keys;

/// <summary>Hands out the material of a key that was made exportable; public keys of every key.</summary>
internal static class ExportKey
{
    public static void Map(IRouteTable routes)
    {
        foreach (var version in (string[])["", "/{version}"])
        {
            routes.MapVault(
                VaultVerb.Read, "/v1/{mount}/export/{type}/{name}" + version, Mounts.Engine.Transit, "transit:export", "Export a key", HandleAsync);
        }
    }

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var kind = Kind(request.Route("type"));
        if (await request.Service<TransitKeys>().FindAsync(request, request.Route("name"), ct) is not { } key)
        {
            return VaultResponse.NotFound();
        }

        if (Refusal(key, kind) is { } refusal)
        {
            return VaultResponse.BadRequest(refusal);
        }

        var (from, to) = WantedVersions.Of(key, request.Route("version"));
        var response = VaultResponse.Data();
        try
        {
            response.Json.WriteString("name", key.Name);
            response.Json.WriteString("type", key.Type.WireName);
            response.Json.WriteStartObject("keys");
            await foreach (var (version, material) in request.Service<VersionRows>().ReadAsync(KeyRing.Of(request), key, from, to, ct))
            {
                using (material)
                {
                    response.Json.WriteString(version.Number.ToString(CultureInfo.InvariantCulture), Exported(kind, material));
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

    private static ExportKind Kind(string type) =>
        KeyExport.TryParse(type, out var kind) ? kind
        : throw VaultException.BadRequest(type switch
        {
            "certificate-chain" => UnsupportedOnKeys.Certificates,
            "cmac-key" => "CMAC keys are not supported: they belong to Vault Enterprise",
            _ => $"invalid export type: {type}",
        });

    private static string? Refusal(TransitKey key, ExportKind kind) => kind switch
    {
        not ExportKind.PublicKey when !key.Exportable => "private key material is not exportable",
        ExportKind.EncryptionKey when !key.Type.SupportsEncryption => "encryption not supported for the key",
        ExportKind.SigningKey when !key.Type.SupportsSigning => "signing not supported for the key",
        ExportKind.PublicKey when !key.Type.SupportsSigning => $"unknown key type {key.Type.WireName} for export type {kind.WireName}",
        _ => null,
    };

    private static string Exported(ExportKind kind, KeyMaterial material) =>
        KeyExport.Export(material, kind, out var exported) == CryptoFault.None
            ? exported
            : throw new InvalidOperationException($"A key of type {material.Type} has no {kind}.");
}

/// <summary>The versions a path names: all that may still be used, one, or <c>latest</c>.</summary>
internal static class WantedVersions
{
    /// <exception cref="VaultException">400: no version, or none that may be had.</exception>
    public static (int From, int To) Of(TransitKey key, string text)
    {
        if (text.Length == 0)
        {
            return (key.MinDecryptionVersion, key.LatestVersion);
        }

        var version = key.LatestVersion;
        if (text != "latest"
            && !int.TryParse(text.AsSpan(text[0] == 'v' ? 1 : 0), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out version))
        {
            throw VaultException.BadRequest("invalid key version");
        }

        if (version < key.MinDecryptionVersion)
        {
            throw VaultException.BadRequest("version for export is below minimum decryption version");
        }

        return key.Find(version) is null
            ? throw VaultException.BadRequest("version does not exist or cannot be found")
            : (version, version);
    }
}
