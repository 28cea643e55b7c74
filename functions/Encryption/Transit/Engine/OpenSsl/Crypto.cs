using System.Runtime.InteropServices;

namespace Saas.Encryption.Transit.Engine.OpenSsl;

/// <summary>
/// The functions of OpenSSL 3's libcrypto that we call, by their C names (man pages of section 3ossl). .NET uses the same
/// library, but has no Ed25519, no SHA-224, no SHA3-224 and no verification of a PSS salt of any length; and one
/// EVP_PKEY may be used by many threads at once, which its RSA and ECDsa objects do not promise.
/// </summary>
internal static unsafe partial class Crypto
{
    private const string Library = "libcrypto.so.3";

    /// <summary>A call that fails only when the platform is broken or out of memory.</summary>
    /// <exception cref="InvalidOperationException">It failed. The text names the call and OpenSSL's reason code.</exception>
    public static void Require(bool succeeded, string call)
    {
        if (!succeeded)
        {
            var reason = ERR_peek_last_error();
            ERR_clear_error();
            throw new InvalidOperationException($"OpenSSL refused {call} (error {reason:X}).");
        }
    }

    /// <summary>An expected failure: the thread's error queue is left as it was found, empty.</summary>
    public static bool Succeeded(int result)
    {
        if (result > 0)
        {
            return true;
        }

        ERR_clear_error();
        return false;
    }

    [LibraryImport(Library)]
    public static partial nuint ERR_peek_last_error();

    [LibraryImport(Library)]
    public static partial void ERR_clear_error();

    [LibraryImport(Library)]
    public static partial nint EVP_CIPHER_fetch(
        nint library, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, nint properties);

    [LibraryImport(Library)]
    public static partial nint EVP_CIPHER_CTX_new();

    /// <summary>Zeroes the key schedule.</summary>
    [LibraryImport(Library)]
    public static partial void EVP_CIPHER_CTX_free(nint context);

    [LibraryImport(Library)]
    public static partial int EVP_CipherInit_ex(
        nint context, nint cipher, nint engine, byte* key, byte* nonce, int encrypt);

    [LibraryImport(Library)]
    public static partial int EVP_CipherUpdate(nint context, byte* output, int* written, byte* input, int length);

    [LibraryImport(Library)]
    public static partial int EVP_CipherFinal_ex(nint context, byte* output, int* written);

    [LibraryImport(Library)]
    public static partial int EVP_CIPHER_CTX_ctrl(nint context, int command, int number, byte* pointer);

    public const int AeadSetNonceLength = 0x9;

    public const int AeadGetTag = 0x10;

    public const int AeadSetTag = 0x11;
}
