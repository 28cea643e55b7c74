using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Keys;

/// <summary>Gives keys new versions, asked for by a user or due by the key's period.</summary>
internal sealed class KeyRotation(SealedKeys sealedKeys, KeyChanges changes, KeyMaker maker, TimeProvider time)
{
    /// <summary>The key with one version more; null if there is none.</summary>
    /// <exception cref="VaultException">400: it is imported and may not be rotated, or has too many versions.</exception>
    public async Task<TransitKey?> RotateAsync(KeyRing ring, string name, CancellationToken ct) =>
        (await RotateAsync(ring, name, static _ => true, ct)).Key;

    /// <summary>
    /// Rotates a key whose latest version is as old as its period. Asked again when the change is stored: of two
    /// instances that find it due at once, the second finds the version of the first and leaves it at that.
    /// </summary>
    /// <returns>Whether this call rotated it.</returns>
    public async Task<bool> RotateIfDueAsync(KeyRing ring, string name, CancellationToken ct) =>
        (await RotateAsync(ring, name, IsDue, ct)).IsRotated;

    /// <summary>Its latest version is as old as its period, and it may be rotated.</summary>
    public bool IsDue(TransitKey key) =>
        key.AutoRotatePeriod > TimeSpan.Zero && (!key.Imported || key.AllowRotation) && key.Versions.Count < TransitKey.MaxVersions
        && time.GetUtcNow() - key.Latest.CreatedAt >= key.AutoRotatePeriod;

    private async Task<(TransitKey? Key, bool IsRotated)> RotateAsync(KeyRing ring, string name, Func<TransitKey, bool> isWanted, CancellationToken ct)
    {
        if (await sealedKeys.FindAsync(ring, name, ct) is not { Value: var known })
        {
            return (null, false);
        }

        if (!isWanted(known))
        {
            return (known, false);
        }

        // Made once, however often the change has to be computed anew: an RSA key takes a second.
        using var material = await maker.MakeAsync(known, ct);
        var isRotated = false;
        var changed = await changes.ChangeAsync(
            ring, name, key => (isRotated = isWanted(key)) ? Rotated(known, key, material) : new KeyChange(key), ct);
        return (changed, isRotated && changed is not null);
    }

    private KeyChange Rotated(TransitKey known, TransitKey key, KeyMaterial material) => key.Id == known.Id
        ? KeyVersions.Rotate(key, material, time.GetUtcNow())
        : throw VaultException.BadRequest($"key {key.Name} was replaced by another while it was rotated");
}
