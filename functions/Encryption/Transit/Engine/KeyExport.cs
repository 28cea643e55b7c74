namespace Saas.Encryption.Transit.Engine;

/// <summary>What of a key is exported: the key_type of Vault's export path.</summary>
internal enum ExportKind
{
    EncryptionKey,
    SigningKey,
    HmacKey,
    PublicKey,
}

/// <summary>The forms in which Vault hands key material out.</summary>
internal static class KeyExport
{
    private static readonly ExportKind[] All = Enum.GetValues<ExportKind>();

    extension(ExportKind kind)
    {
        public string WireName => kind switch
        {
            ExportKind.EncryptionKey => "encryption-key",
            ExportKind.SigningKey => "signing-key",
            ExportKind.HmacKey => "hmac-key",
            ExportKind.PublicKey => "public-key",
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
        };
    }

    public static bool TryParse(string? name, out ExportKind kind)
    {
        foreach (var candidate in All)
        {
            if (candidate.WireName == name)
            {
                kind = candidate;
                return true;
            }
        }

        kind = default;
        return false;
    }

    /// <summary>
    /// Base64 of raw bytes for symmetric keys and ed25519 (seed and public key together), PEM for the others: rsa
    /// PKCS#1 with its last line ended, ecdsa SEC1 without, public keys likewise.
    /// </summary>
    /// <param name="exported">Secret, but for public keys. Empty, as in Vault, where the private half is missing.</param>
    public static CryptoFault Export(KeyMaterial material, ExportKind kind, out string exported)
    {
        exported = "";
        var text = (kind, material) switch
        {
            (ExportKind.HmacKey, _) => Convert.ToBase64String(material.HmacKey),
            (ExportKind.EncryptionKey, AeadMaterial aead) => Convert.ToBase64String(aead.Key),
            (ExportKind.EncryptionKey or ExportKind.SigningKey, RsaMaterial rsa) => PrivatePem("RSA PRIVATE KEY", rsa),
            (ExportKind.SigningKey, EcdsaMaterial ecdsa) => PrivatePem("EC PRIVATE KEY", ecdsa).TrimEnd(),
            (ExportKind.SigningKey, Ed25519Material ed25519) => Convert.ToBase64String(ed25519.SeedAndPublicKey),
            (ExportKind.PublicKey, EcdsaMaterial ecdsa) => ecdsa.PublicKey.TrimEnd(),
            (ExportKind.PublicKey, SigningMaterial pair) => pair.PublicKey,
            _ => null,
        };
        if (text is null)
        {
            return CryptoFault.UnsupportedByKeyType;
        }

        exported = text;
        return CryptoFault.None;
    }

    private static string PrivatePem(string label, SigningMaterial material)
    {
        if (!material.HasPrivateKey)
        {
            return "";
        }

        using var der = material.Pair.ToPrivateDer();
        return Pem.Write(label, der.Span);
    }
}
