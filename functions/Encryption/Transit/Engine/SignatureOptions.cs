namespace Saas.Encryption.Transit.Engine;

/// <summary>Padding of an RSA signature or encryption. Ignored by other key types.</summary>
internal enum RsaSignatureAlgorithm
{
    Pss = 0,
    Pkcs1v15,
}

internal enum RsaPaddingScheme
{
    /// <summary>OAEP with SHA-256, also in MGF1, and an empty label.</summary>
    Oaep = 0,

    /// <summary>Only for old data: whoever may send altered ciphertexts and sees which fail can decrypt others.</summary>
    Pkcs1v15,
}

/// <summary>Form of an ECDSA signature. The base64 alphabet that goes with it is the HTTP layer's.</summary>
internal enum SignatureMarshaling
{
    /// <summary>DER of two integers.</summary>
    Asn1 = 0,

    /// <summary>Both integers, each as long as the curve's order.</summary>
    Jws,
}

/// <summary>How a signature is made or verified; each part ignored by the key types that have no use for it.</summary>
internal sealed record SignatureOptions
{
    /// <summary>As much salt as the modulus has room for; when verifying, any amount.</summary>
    public const int SaltLengthAuto = 0;

    /// <summary>As much salt as the hash has output.</summary>
    public const int SaltLengthHash = -1;

    public static SignatureOptions Default { get; } = new();

    public DigestAlgorithm Digest { get; init; } = DigestAlgorithm.Sha256;

    /// <summary>The input is the digest already.</summary>
    public bool Prehashed { get; init; }

    public RsaSignatureAlgorithm RsaAlgorithm { get; init; }

    /// <summary>Bytes of salt (PSS), or one of the two named lengths.</summary>
    public int SaltLength { get; init; } = SaltLengthAuto;

    public SignatureMarshaling Marshaling { get; init; }

    /// <summary>Of ed25519, where the key is derived.</summary>
    public KeyDerivation Derivation { get; init; } = KeyDerivation.None;

    /// <summary>A signature_context came with the request.</summary>
    public bool HasSignatureContext { get; init; }
}
