using System.Security.Cryptography;
using Saas.Encryption.Transit.Engine.OpenSsl;
using Saas.Keys;

namespace Saas.Encryption.Transit.Engine;

/// <summary>
/// A version of an AES-GCM or ChaCha20-Poly1305 key. A ciphertext is nonce (12 bytes), encrypted text, tag (16 bytes);
/// in convergent version 1 the nonce is not part of it.
/// </summary>
internal sealed class AeadMaterial : KeyMaterial
{
    private const int NonceBytes = AeadCipher.NonceBytes;
    private const int TagBytes = AeadCipher.TagBytes;
    private const int NonceKeyBytes = 32;

    private readonly SecretBuffer _key;
    private readonly DerivedKey _derived;
    private readonly AeadCipherPool _ciphers;

    /// <summary>Takes both buffers over.</summary>
    internal AeadMaterial(KeyType type, SecretBuffer key, SecretBuffer hmacKey)
        : base(type, hmacKey)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, type.SymmetricKeyBytes, nameof(key));
        _key = key;
        _derived = new DerivedKey(key);
        _ciphers = new AeadCipherPool(type);
    }

    public override bool HasPrivateKey => true;

    internal ReadOnlySpan<byte> Key => _key.Span;

    /// <summary>Bytes of the ciphertext of a plaintext.</summary>
    public static int CiphertextLength(in AeadMode mode, int plaintextBytes) =>
        plaintextBytes + TagBytes + (mode.ConvergentVersion == 1 ? 0 : NonceBytes);

    /// <summary>Bytes of the plaintext of a ciphertext; negative where it is too short to be one.</summary>
    public static int PlaintextLength(in AeadMode mode, int ciphertextBytes) =>
        ciphertextBytes - CiphertextLength(mode, 0);

    /// <summary>Fills the destination, which has <see cref="CiphertextLength"/> bytes. Safe for concurrent use.</summary>
    public CryptoFault Encrypt(
        in AeadMode mode, in AeadInputs inputs, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(
            destination.Length, CiphertextLength(mode, plaintext.Length), nameof(destination));
        var fault = CheckNonce(mode, inputs.Nonce);
        if (fault != CryptoFault.None)
        {
            return fault;
        }

        // The encryption key, and behind it the key of convergent version 3's nonces.
        Span<byte> keys = stackalloc byte[32 + NonceKeyBytes];
        keys = keys[..(_key.Length + (mode.ConvergentVersion > 2 ? NonceKeyBytes : 0))];
        var cipher = _ciphers.Rent();
        try
        {
            fault = Prepare(cipher, mode, inputs.Context, keys);
            if (fault != CryptoFault.None)
            {
                return fault;
            }

            switch (mode.ConvergentVersion)
            {
                case 0:
                    cipher.NextNonce().CopyTo(destination);
                    break;
                case 1:
                    cipher.Encrypt(inputs.Nonce, inputs.AssociatedData, plaintext, destination);
                    return CryptoFault.None;
                default:
                    var nonceKey = mode.ConvergentVersion == 2 ? inputs.Context : keys[_key.Length..];
                    Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
                    HMACSHA256.HashData(nonceKey, plaintext, mac);
                    mac[..NonceBytes].CopyTo(destination);
                    break;
            }

            cipher.Encrypt(destination[..NonceBytes], inputs.AssociatedData, plaintext, destination[NonceBytes..]);
            return CryptoFault.None;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
            _ciphers.Return(cipher);
        }
    }

    /// <summary>
    /// Fills the destination, which has <see cref="PlaintextLength"/> bytes (none if that is negative); all zeros when
    /// it fails. Safe for concurrent use.
    /// </summary>
    public CryptoFault Decrypt(
        in AeadMode mode, in AeadInputs inputs, ReadOnlySpan<byte> ciphertext, Span<byte> destination)
    {
        var length = PlaintextLength(mode, ciphertext.Length);
        if (length < 0)
        {
            return CryptoFault.InvalidCiphertext;
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length, length, nameof(destination));
        var nonce = inputs.Nonce;
        if (mode.ConvergentVersion != 1)
        {
            nonce = ciphertext[..NonceBytes];
            ciphertext = ciphertext[NonceBytes..];
        }
        else if (CheckNonce(mode, nonce) is var fault and not CryptoFault.None)
        {
            return fault;
        }

        Span<byte> key = stackalloc byte[_key.Length];
        var cipher = _ciphers.Rent();
        try
        {
            var fault = Prepare(cipher, mode, inputs.Context, key);
            return fault != CryptoFault.None ? fault
                : cipher.Decrypt(nonce, inputs.AssociatedData, ciphertext, destination) ? CryptoFault.None
                : CryptoFault.AuthenticationFailed;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
            _ciphers.Return(cipher);
        }
    }

    private protected override SecretBuffer CopyKey() => SecretBuffer.CopyOf(_key.Span);

    protected override void Dispose(bool disposing)
    {
        // The pool first: a cipher that would be keyed from zeros finds it disposed.
        _ciphers.Dispose();
        _derived.Dispose();
        _key.Dispose();
        base.Dispose(disposing);
    }

    private static CryptoFault CheckNonce(in AeadMode mode, ReadOnlySpan<byte> nonce) => mode.ConvergentVersion switch
    {
        1 when nonce.IsEmpty => CryptoFault.NonceMissing,
        1 when nonce.Length != NonceBytes => CryptoFault.WrongNonceLength,
        1 => CryptoFault.None,
        0 or 2 or 3 => nonce.IsEmpty ? CryptoFault.None : CryptoFault.NonceNotAllowed,
        _ => throw new ArgumentOutOfRangeException(nameof(mode), mode.ConvergentVersion, null),
    };

    /// <summary>Keys the cipher. The derived bytes, if any, are the caller's to clear.</summary>
    private CryptoFault Prepare(AeadCipher cipher, in AeadMode mode, ReadOnlySpan<byte> context, Span<byte> keys)
    {
        if (mode.Derivation != KeyDerivation.None)
        {
            var fault = _derived.Derive(mode.Derivation, context, keys);
            if (fault == CryptoFault.None)
            {
                cipher.SetKey(keys[.._key.Length], isMaterial: false);
            }

            return fault;
        }

        if (mode.ConvergentVersion > 1)
        {
            return CryptoFault.UnsupportedDerivation;
        }

        if (!cipher.HoldsMaterial)
        {
            cipher.SetKey(_key.Span, isMaterial: true);
            ObjectDisposedException.ThrowIf(_ciphers.IsDisposed, this);
        }

        return CryptoFault.None;
    }
}
