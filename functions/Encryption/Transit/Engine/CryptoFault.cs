namespace Saas.Encryption.Transit.Engine;

/// <summary>
/// Why an operation on key material was refused. All of it is the caller's doing, or the data's; what is broken in the
/// platform is thrown. <see cref="None"/> is success.
/// </summary>
internal enum CryptoFault
{
    None = 0,

    /// <summary>Too short to hold what a ciphertext of this key holds.</summary>
    InvalidCiphertext,

    /// <summary>Altered, made with another key or context, or given other associated data.</summary>
    AuthenticationFailed,

    /// <summary>RSA could not decrypt. Deliberately says no more.</summary>
    DecryptionFailed,

    /// <summary>The plaintext is longer than the RSA key can encrypt, or the bare digest longer than it can sign.</summary>
    MessageTooLong,

    /// <summary>The key is derived and no context was given.</summary>
    ContextMissing,

    /// <summary>A nonce was given where the engine makes it.</summary>
    NonceNotAllowed,

    /// <summary>Convergent encryption version 1 needs the caller's nonce.</summary>
    NonceMissing,

    /// <summary>The nonce is not 12 bytes.</summary>
    WrongNonceLength,

    /// <summary>Key material of another length than its type has.</summary>
    WrongKeyLength,

    /// <summary>Prehashed input of another length than the hash algorithm's output; with none, of no length.</summary>
    WrongDigestLength,

    /// <summary>Negative beyond the two named lengths, or more than the modulus has room for.</summary>
    InvalidSaltLength,

    /// <summary>The signature is no DER of two integers.</summary>
    MalformedSignature,

    /// <summary>The signature's DER is followed by more bytes.</summary>
    SignatureHasExtraData,

    /// <summary>Only the public half of this version was imported.</summary>
    PrivateKeyMissing,

    /// <summary>No DER, or a DER that is no valid key.</summary>
    MalformedKey,

    /// <summary>A valid key of another type, curve or size.</summary>
    KeyTypeMismatch,

    /// <summary>The private key is not the counterpart of the public one that is there.</summary>
    KeyPairMismatch,

    /// <summary>The text has no PEM block.</summary>
    NotPem,

    /// <summary>The wrapped blob does not unwrap with this wrapping key and hash.</summary>
    UnwrapFailed,

    /// <summary>This type of key cannot do that (encrypt with ed25519, sign with aes256-gcm96, export a private half…).</summary>
    UnsupportedByKeyType,

    /// <summary>Hash algorithm none outside of pkcs1v15 over prehashed input.</summary>
    UnsupportedHash,

    /// <summary>sha2-512 with ed25519 asks for Ed25519ph, which belongs to Vault Enterprise.</summary>
    Ed25519PrehashUnsupported,

    /// <summary>A signature context asks for Ed25519ctx, which belongs to Vault Enterprise.</summary>
    SignatureContextUnsupported,

    /// <summary>This key derivation cannot yield what the key type or the convergent version needs.</summary>
    UnsupportedDerivation,
}
