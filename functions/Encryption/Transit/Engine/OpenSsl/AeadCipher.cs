using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Saas.Encryption.Transit.Engine.OpenSsl;

/// <summary>
/// One keyed cipher of OpenSSL, for one thread at a time. Unlike .NET's AesGcm it takes another key without an
/// allocation, which derived keys need for every item.
/// </summary>
internal sealed unsafe class AeadCipher : SafeHandle
{
    public const int NonceBytes = 12;
    public const int TagBytes = 16;

    private const int NoncesAtOnce = 64;

    private static readonly nint Aes128 = Fetch("AES-128-GCM");
    private static readonly nint Aes192 = Fetch("AES-192-GCM");
    private static readonly nint Aes256 = Fetch("AES-256-GCM");
    private static readonly nint ChaCha20 = Fetch("ChaCha20-Poly1305");

    private readonly byte[] _nonces = new byte[NoncesAtOnce * NonceBytes];
    private readonly int _keyBytes;
    private int _nonceAt = NoncesAtOnce * NonceBytes;

    public AeadCipher(KeyType type)
        : this(
            type switch
            {
                KeyType.Aes128Gcm96 => Aes128,
                KeyType.Aes256Gcm96 => Aes256,
                KeyType.ChaCha20Poly1305 => ChaCha20,
                _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
            },
            type.SymmetricKeyBytes)
    {
    }

    private AeadCipher(nint cipher, int keyBytes)
        : base(0, ownsHandle: true)
    {
        SetHandle(Crypto.EVP_CIPHER_CTX_new());
        Crypto.Require(!IsInvalid, "EVP_CIPHER_CTX_new");
        _keyBytes = keyBytes;
        Crypto.Require(Crypto.EVP_CipherInit_ex(handle, cipher, 0, null, null, 1) > 0, "EVP_CipherInit_ex");
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>
    /// AES-GCM of any size that NIST SP 800-38D allows. Transit has no type for these; published vectors are checked
    /// against all of them.
    /// </summary>
    /// <param name="keyBytes">16, 24 or 32.</param>
    /// <param name="nonceBytes">From 1; every nonce given afterwards has this length.</param>
    public static AeadCipher AesGcm(int keyBytes, int nonceBytes)
    {
        var cipher = new AeadCipher(keyBytes switch { 16 => Aes128, 24 => Aes192, 32 => Aes256, _ => throw new ArgumentOutOfRangeException(nameof(keyBytes), keyBytes, null) }, keyBytes);
        Crypto.Require(
            Crypto.EVP_CIPHER_CTX_ctrl(cipher.handle, Crypto.AeadSetNonceLength, nonceBytes, null) > 0, "EVP_CTRL_AEAD_SET_IVLEN");
        return cipher;
    }

    /// <summary>It holds the material itself, not a key derived from it.</summary>
    public bool HoldsMaterial { get; private set; }

    public void SetKey(ReadOnlySpan<byte> key, bool isMaterial)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, _keyBytes, nameof(key));
        HoldsMaterial = false;
        fixed (byte* pointer = key)
        {
            Crypto.Require(Crypto.EVP_CipherInit_ex(handle, 0, 0, pointer, null, -1) > 0, "EVP_CipherInit_ex");
        }

        HoldsMaterial = isMaterial;
    }

    /// <summary>
    /// A random nonce that no other call gets. Drawn 64 at a time, because one draw costs as much as one short
    /// encryption; nonces are no secrets.
    /// </summary>
    public ReadOnlySpan<byte> NextNonce()
    {
        if (_nonceAt == _nonces.Length)
        {
            RandomNumberGenerator.Fill(_nonces);
            _nonceAt = 0;
        }

        var nonce = _nonces.AsSpan(_nonceAt, NonceBytes);
        _nonceAt += NonceBytes;
        return nonce;
    }

    /// <summary>Ciphertext and tag. The destination has exactly the plaintext's length and 16 bytes more.</summary>
    public void Encrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        int written;
        fixed (byte* iv = nonce, aad = associatedData, input = plaintext, output = destination)
        {
            var succeeded = Crypto.EVP_CipherInit_ex(handle, 0, 0, null, iv, 1) > 0
                && (associatedData.IsEmpty
                    || Crypto.EVP_CipherUpdate(handle, null, &written, aad, associatedData.Length) > 0)
                && (plaintext.IsEmpty
                    || Crypto.EVP_CipherUpdate(handle, output, &written, input, plaintext.Length) > 0)
                && Crypto.EVP_CipherFinal_ex(handle, output + plaintext.Length, &written) > 0
                && Crypto.EVP_CIPHER_CTX_ctrl(handle, Crypto.AeadGetTag, TagBytes, output + plaintext.Length) > 0;
            Crypto.Require(succeeded, "an AEAD encryption");
        }
    }

    /// <summary>The destination has exactly the length of the ciphertext without its tag.</summary>
    /// <returns>False: the tag is not this message's, and the destination is all zeros.</returns>
    public bool Decrypt(
        ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> sealedText, Span<byte> destination)
    {
        int written;
        var length = destination.Length;
        byte* tail = stackalloc byte[TagBytes];
        fixed (byte* iv = nonce, aad = associatedData, input = sealedText, output = destination)
        {
            var prepared = Crypto.EVP_CipherInit_ex(handle, 0, 0, null, iv, 0) > 0
                && Crypto.EVP_CIPHER_CTX_ctrl(handle, Crypto.AeadSetTag, TagBytes, input + length) > 0
                && (associatedData.IsEmpty
                    || Crypto.EVP_CipherUpdate(handle, null, &written, aad, associatedData.Length) > 0)
                && (length == 0 || Crypto.EVP_CipherUpdate(handle, output, &written, input, length) > 0);
            Crypto.Require(prepared, "an AEAD decryption");
            if (Crypto.Succeeded(Crypto.EVP_CipherFinal_ex(handle, tail, &written)))
            {
                return true;
            }
        }

        CryptographicOperations.ZeroMemory(destination);
        return false;
    }

    protected override bool ReleaseHandle()
    {
        Crypto.EVP_CIPHER_CTX_free(handle);
        return true;
    }

    private static nint Fetch(string name)
    {
        var cipher = Crypto.EVP_CIPHER_fetch(0, name, 0);
        Crypto.Require(cipher != 0, $"EVP_CIPHER_fetch({name})");
        return cipher;
    }
}
