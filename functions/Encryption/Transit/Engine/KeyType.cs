using System.Diagnostics.CodeAnalysis;

namespace Saas.Encryption.Transit.Engine;

/// <summary>The algorithm a transit key is for. The numbers are written into sealed rows: never reuse one.</summary>
internal enum KeyType : byte
{
    Aes256Gcm96 = 0,
    Aes128Gcm96 = 1,
    ChaCha20Poly1305 = 2,
    Ed25519 = 3,
    EcdsaP256 = 4,
    EcdsaP384 = 5,
    EcdsaP521 = 6,
    Rsa2048 = 7,
    Rsa3072 = 8,
    Rsa4096 = 9,
    Hmac = 10,
}

/// <summary>Vault's names of the key types, and what each type can do.</summary>
internal static class KeyTypes
{
    public static IReadOnlyList<KeyType> All { get; } = Enum.GetValues<KeyType>();

    extension(KeyType type)
    {
        /// <summary>The name in requests, responses and meters.</summary>
        public string WireName => type switch
        {
            KeyType.Aes128Gcm96 => "aes128-gcm96",
            KeyType.Aes256Gcm96 => "aes256-gcm96",
            KeyType.ChaCha20Poly1305 => "chacha20-poly1305",
            KeyType.Ed25519 => "ed25519",
            KeyType.EcdsaP256 => "ecdsa-p256",
            KeyType.EcdsaP384 => "ecdsa-p384",
            KeyType.EcdsaP521 => "ecdsa-p521",
            KeyType.Rsa2048 => "rsa-2048",
            KeyType.Rsa3072 => "rsa-3072",
            KeyType.Rsa4096 => "rsa-4096",
            KeyType.Hmac => "hmac",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
        };

        public bool IsAead => type is KeyType.Aes128Gcm96 or KeyType.Aes256Gcm96 or KeyType.ChaCha20Poly1305;

        public bool IsRsa => type is KeyType.Rsa2048 or KeyType.Rsa3072 or KeyType.Rsa4096;

        public bool IsEcdsa => type is KeyType.EcdsaP256 or KeyType.EcdsaP384 or KeyType.EcdsaP521;

        public bool SupportsEncryption => type.IsAead || type.IsRsa;

        public bool SupportsSigning => type.IsRsa || type.IsEcdsa || type == KeyType.Ed25519;

        /// <summary>The input of a signature is hashed first; Ed25519 hashes inside.</summary>
        public bool HashesSignatureInput => type.IsRsa || type.IsEcdsa;

        public bool SupportsDerivation => type.IsAead || type == KeyType.Ed25519;

        public bool SupportsConvergentEncryption => type.IsAead;

        public bool SupportsAssociatedData => type.IsAead;

        public bool SupportsPaddingScheme => type.IsRsa;

        /// <summary>A version may be imported with its public half alone.</summary>
        public bool SupportsPublicKeyImport => type.SupportsSigning;

        /// <summary>Bytes of a generated key; 0 where the type is no string of bytes or (hmac) has no fixed size.</summary>
        public int SymmetricKeyBytes => type switch
        {
            KeyType.Aes128Gcm96 => 16,
            KeyType.Aes256Gcm96 or KeyType.ChaCha20Poly1305 => 32,
            _ => 0,
        };

        /// <summary>Bits of an RSA modulus; 0 for every other type.</summary>
        public int ModulusBits => type switch
        {
            KeyType.Rsa2048 => 2048,
            KeyType.Rsa3072 => 3072,
            KeyType.Rsa4096 => 4096,
            _ => 0,
        };
    }

    public static bool TryParse(string? name, out KeyType type)
    {
        foreach (var candidate in All)
        {
            if (candidate.WireName == name)
            {
                type = candidate;
                return true;
            }
        }

        type = default;
        return false;
    }

    /// <summary>Why a type that Vault knows is refused here.</summary>
    /// <returns>False: Vault does not know the name either.</returns>
    public static bool IsKnownButUnsupported(string? name, [NotNullWhen(true)] out string? reason)
    {
        reason = name switch
        {
            "managed_key" => "keys held by an external key management system are not offered",
            "ml-dsa" => "the platform's cryptographic library has no ML-DSA",
            "slh-dsa" => "the platform's cryptographic library has no SLH-DSA",
            "hybrid" => "the platform's cryptographic library has no ML-DSA",
            "aes128-cmac" or "aes192-cmac" or "aes256-cmac" => "CMAC keys belong to Vault Enterprise",
            _ => null,
        };
        if (reason is null)
        {
            return false;
        }

        reason = $"key type {name} is not supported: {reason}";
        return true;
    }
}
