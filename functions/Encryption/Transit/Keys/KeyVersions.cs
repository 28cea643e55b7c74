using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Keys;

/// <summary>How a key gets its next version.</summary>
internal static class KeyVersions
{
    public static TransitKeyVersion Next(TransitKey key, KeyMaterial material, DateTimeOffset now) => new(
        key.LatestVersion + 1, now, material.HasPrivateKey,
        ConvergentVersion: key.ConvergentEncryption && key.ConvergentVersion is -1 or > 1 ? AeadMode.CurrentConvergentVersion : 0);

    /// <exception cref="VaultException">400: an imported key that may not be, or one with too many versions.</exception>
    public static KeyChange Rotate(TransitKey key, KeyMaterial material, DateTimeOffset now)
    {
        if (key.Imported && !key.AllowRotation)
        {
            throw VaultException.BadRequest($"imported key {key.Name} does not allow rotation within Vault");
        }

        // From here on it is a key of ours, to which no version can be imported any more.
        return Add(key with { Imported = false }, material, now);
    }

    /// <exception cref="VaultException">400: too many versions.</exception>
    public static KeyChange Add(TransitKey key, KeyMaterial material, DateTimeOffset now)
    {
        if (key.Versions.Count >= TransitKey.MaxVersions)
        {
            throw VaultException.BadRequest(
                $"key {key.Name} has {key.Versions.Count} versions, which is the most a key can have; trim those that are not needed");
        }

        var next = Next(key, material, now);
        return new KeyChange(key.With(next), new NewVersion(next, material));
    }
}
