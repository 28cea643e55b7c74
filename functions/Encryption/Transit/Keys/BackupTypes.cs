using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Transit.Keys;

/// <summary>The numbers by which Vault's backups name key types.</summary>
internal static class BackupTypes
{
    public static int NumberOf(KeyType type) => type switch
    {
        KeyType.Aes256Gcm96 => 0,
        KeyType.EcdsaP256 => 1,
        KeyType.Ed25519 => 2,
        KeyType.Rsa2048 => 3,
        KeyType.Rsa4096 => 4,
        KeyType.ChaCha20Poly1305 => 5,
        KeyType.EcdsaP384 => 6,
        KeyType.EcdsaP521 => 7,
        KeyType.Aes128Gcm96 => 8,
        KeyType.Rsa3072 => 9,
        KeyType.Hmac => 11,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>Null: a type that is not offered here (10 is managed_key, those above 11 are newer).</summary>
    public static KeyType? Of(int number)
    {
        foreach (var type in KeyTypes.All)
        {
            if (NumberOf(type) == number)
            {
                return type;
            }
        }

        return null;
    }
}
