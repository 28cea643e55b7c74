using Saas.Contracts;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Keys;

/// <summary>Makes a key of material from outside.</summary>
internal static class ImportKey
{
    public static void Map(IRouteTable routes) => routes.MapVault(
        VaultVerb.Write, "/v1/{mount}/keys/{name}/import", Mounts.Engine.Transit, "transit:import", "Import a key", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var (ring, name) = (KeyRing.Of(request), request.Route("name"));
        KeyNames.Check(name);
        var (options, allowRotation, imported) = Wanted(request);
        if (await request.Service<SealedKeys>().FindAsync(ring, name, ct) is not null)
        {
            return Exists();
        }

        using var wrappingKey = await imported.WrappingKeyAsync(request, ct);
        using var material = imported.Open(options.Type, wrappingKey);
        var time = request.Service<TimeProvider>();
        var key = options.ToKey(EntityId.New("tk", time), name) with
        {
            Imported = true,
            AllowRotation = allowRotation,
            KeySize = options.Type == KeyType.Hmac ? material.HmacKey.Length : 0,
        };
        var (_, isNew) = await request.Service<KeyChanges>().InsertAsync(ring, KeyVersions.Add(key, material, time.GetUtcNow()), ct);
        return isNew ? VaultResponse.NoContent() : Exists();
    }

    private static (TransitKeyOptions Options, bool AllowRotation, ImportedMaterial Material) Wanted(VaultRequest request)
    {
        var fields = request.Fields(
            "type", "hash_function", "ciphertext", "public_key", "allow_rotation", "derived", "exportable", "allow_plaintext_backup", "context",
            "auto_rotate_period", "convergent_encryption");
        if (fields.Has("convergent_encryption"))
        {
            throw VaultException.BadRequest("import cannot be used on keys with convergent encryption enabled");
        }

        var options = new TransitKeyOptions
        {
            Type = TransitKeyOptions.ParseType(fields.String("type") is { Length: > 0 } type ? type.ToLowerInvariant() : "aes256-gcm96"),
            Derived = fields.Bool("derived", false),
            Exportable = fields.Bool("exportable", false),
            AllowPlaintextBackup = fields.Bool("allow_plaintext_backup", false),
            AutoRotatePeriod = fields.Duration("auto_rotate_period") ?? TimeSpan.Zero,
        };
        var (allowRotation, imported) = (fields.Bool("allow_rotation", false), ImportedMaterial.Of(fields));
        if (options.AutoRotatePeriod > TimeSpan.Zero && !allowRotation)
        {
            throw VaultException.BadRequest("allow_rotation must be set to true if auto-rotation is enabled");
        }

        if (options is { Type: KeyType.Ed25519, Derived: true } && !imported.IsPrivate)
        {
            throw VaultException.BadRequest("unable to import only public key for derived Ed25519 key: imported key should not be an Ed25519 key pair but is instead an HKDF key");
        }

        options.Check();
        return (options, allowRotation, imported);
    }

    private static VaultResponse Exists() => VaultResponse.BadRequest(
        "the import path cannot be used with an existing key; use import-version to rotate an existing imported key");
}
