using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Storage;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// Adds a version from outside to an imported key; or gives a version that has only its public half the private one,
/// where the version is named or the latest is the counterpart.
/// </summary>
internal static class ImportKeyVersion
{
    private const int MaxAttempts = 10;

    public static void Map(IRouteTable routes) => routes.MapVault(
        VaultVerb.Write, "/v1/{mount}/keys/{name}/import_version", Mounts.Engine.Transit, "transit:import", "Import a version of a key", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var (ring, name) = (KeyRing.Of(request), request.Route("name"));
        KeyNames.Check(name);
        var fields = request.Fields("ciphertext", "hash_function", "public_key", "version");
        var (imported, version) = (ImportedMaterial.Of(fields), fields.Int("version"));
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await request.Service<SealedKeys>().FindAsync(ring, name, ct) is not { Value: var key })
            {
                return VaultResponse.BadRequest($"no key found with name {name}; to import a new key, use the import/ endpoint");
            }

            Check(key, version, imported);
            if (await TryImportAsync(request, ring, key, version, imported, ct))
            {
                return VaultResponse.NoContent();
            }
        }

        throw new StorageUnavailableException($"The key changed during each of {MaxAttempts} attempts.");
    }

    private static void Check(TransitKey key, int? version, ImportedMaterial imported)
    {
        var refusal = !key.Imported ? "the import_version endpoint can only be used with an imported key"
            : key.ConvergentEncryption ? "import_version cannot be used on keys with convergent encryption enabled"
            : version is not { } named ? null
            : key.Find(named) is not { } found ? "no such key version"
            : !key.Type.SupportsPublicKeyImport ? "provided type does not support importing key versions"
            : found.HasPrivateKey ? "private key imported, key version cannot be updated"
            : !imported.IsPrivate ? "cannot add a public key to a key version that already has a public key set"
            : null;
        if (refusal is not null)
        {
            throw VaultException.BadRequest(refusal);
        }

        if (key is { Type: KeyType.Ed25519, Derived: true } && !imported.IsPrivate)
        {
            throw VaultException.BadRequest("unable to import only public key for derived Ed25519 key: imported key should not be an Ed25519 key pair but is instead an HKDF key");
        }
    }

    /// <returns>False: the key was changed meanwhile, so that it has to be looked at again.</returns>
    private static async Task<bool> TryImportAsync(
        VaultRequest request, KeyRing ring, TransitKey known, int? version, ImportedMaterial imported, CancellationToken ct)
    {
        using var wrappingKey = await imported.WrappingKeyAsync(request, ct);
        var target = version ?? known.LatestVersion;
        if (imported.IsPrivate && known.Find(target) is { HasPrivateKey: false } half)
        {
            using var publicOnly = await request.Service<TransitKeys>().MaterialAsync(ring, known, target, ct);
            using var whole = imported.Complete(publicOnly.Value, wrappingKey);
            if (whole is not null)
            {
                var completed = half with { HasPrivateKey = true, Revision = half.Revision + 1 };
                return await StoreAsync(request, ring, known, key => new KeyChange(key.With(completed), new NewVersion(completed, whole)), ct);
            }

            if (version is not null)
            {
                throw VaultException.BadRequest("cannot import key, key pair does not match");
            }
        }

        using var material = imported.Open(known.Type, wrappingKey);
        var now = request.Service<TimeProvider>().GetUtcNow();
        return await StoreAsync(request, ring, known, key => KeyVersions.Add(key, material, now), ct);
    }

    private static async Task<bool> StoreAsync(
        VaultRequest request, KeyRing ring, TransitKey known, Func<TransitKey, KeyChange> change, CancellationToken ct)
    {
        var isSame = false;
        var changed = await request.Service<KeyChanges>().ChangeAsync(
            ring, known.Name, key => (isSame = key.ChangeId == known.ChangeId && key.Id == known.Id) ? change(key) : new KeyChange(key), ct);
        return isSame && changed is not null;
    }
}
