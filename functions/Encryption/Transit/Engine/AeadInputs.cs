namespace Saas.Encryption.Transit.Engine;

/// <summary>How the key of one operation comes from a version's material. The numbers are Vault's own.</summary>
internal enum KeyDerivation : sbyte
{
    /// <summary>The material is the key.</summary>
    None = -1,

    /// <summary>NIST SP 800-108 counter mode over HMAC-SHA-256: keys made before Vault 0.6, and restored since.</summary>
    CounterHmacSha256 = 0,

    /// <summary>HKDF-SHA-256 (RFC 5869), no salt, the context as info: every new derived key.</summary>
    HkdfSha256 = 1,
}

/// <summary>What a key version says of every encryption with it.</summary>
/// <param name="ConvergentVersion">
/// 0: not convergent. 1: the caller gives the nonce and keeps it. 2: the nonce is an HMAC of the plaintext under the
/// context. 3 (every new key): the same under a key derived beside the encryption key.
/// </param>
internal readonly record struct AeadMode(KeyDerivation Derivation, int ConvergentVersion)
{
    public const int CurrentConvergentVersion = 3;

    public static AeadMode Plain => new(KeyDerivation.None, 0);

    public static AeadMode Derived => new(KeyDerivation.HkdfSha256, 0);

    public static AeadMode Convergent => new(KeyDerivation.HkdfSha256, CurrentConvergentVersion);
}

/// <summary>What comes with one item beside its text. All may be empty.</summary>
internal readonly ref struct AeadInputs
{
    /// <summary>Ignored unless the mode derives, then required.</summary>
    public ReadOnlySpan<byte> Context { get; init; }

    /// <summary>Only for convergent encryption version 1: 12 bytes.</summary>
    public ReadOnlySpan<byte> Nonce { get; init; }

    /// <summary>Authenticated, not encrypted.</summary>
    public ReadOnlySpan<byte> AssociatedData { get; init; }
}
