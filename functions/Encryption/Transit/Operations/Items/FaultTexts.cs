using Saas.Encryption.Transit.Engine;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>What Vault says where the engine refuses.</summary>
internal static class FaultTexts
{
    public const string TooOld = "ciphertext or signature version is disallowed by policy (too old)";
    public const string NonceNotAllowed = "provided nonce not allowed for this key";

    public static string Of(CryptoFault fault, KeyType type) => fault switch
    {
        CryptoFault.InvalidCiphertext or CryptoFault.AuthenticationFailed => type == KeyType.ChaCha20Poly1305
            ? "chacha20poly1305: message authentication failed"
            : "cipher: message authentication failed",
        CryptoFault.DecryptionFailed => "failed to RSA decrypt the ciphertext: crypto/rsa: decryption error",
        CryptoFault.MessageTooLong => "failed to RSA encrypt the plaintext: crypto/rsa: message too long for RSA key size",
        CryptoFault.ContextMissing =>
            "missing 'context' for key derivation; the key was created using a derived key, which means additional, per-request information must be included in order to perform operations with the key",
        CryptoFault.NonceNotAllowed => NonceNotAllowed,
        CryptoFault.NonceMissing or CryptoFault.WrongNonceLength =>
            "base64-decoded nonce must be 12 bytes long when using convergent encryption with this key",
        CryptoFault.WrongDigestLength => "crypto/rsa: input must be hashed message",
        CryptoFault.InvalidSaltLength => "requested salt length is invalid",
        CryptoFault.MalformedSignature => "supplied signature is invalid",
        CryptoFault.SignatureHasExtraData => "supplied signature contains extra data",
        CryptoFault.PrivateKeyMissing => "requested version for signing does not contain a private part",
        CryptoFault.UnsupportedHash => "unsupported hash algorithm",
        CryptoFault.Ed25519PrehashUnsupported => "only Pure Ed25519 signatures supported, hash_algorithm should not be set",
        CryptoFault.SignatureContextUnsupported => "only Pure Ed25519 signatures supported, signature_context must be empty",
        CryptoFault.UnsupportedDerivation => "unable to derive a key for this operation",
        CryptoFault.UnsupportedByKeyType => $"operation not supported for key type {type.WireName}",
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "No operation's fault."),
    };
}
