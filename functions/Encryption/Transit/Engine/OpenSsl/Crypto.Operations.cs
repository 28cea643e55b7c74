using System.Runtime.InteropServices;

namespace Saas.Encryption.Transit.Engine.OpenSsl;

/// <summary>What is done with a key pair: each operation has a context (EVP_PKEY_CTX, EVP_MD_CTX) of its own.</summary>
internal static unsafe partial class Crypto
{
    public const int RsaPkcs1Padding = 1;
    public const int RsaOaepPadding = 4;
    public const int RsaPssPadding = 6;

    public const int PssSaltOfDigest = -1;
    public const int PssSaltAnyOnVerify = -2;
    public const int PssSaltMaximum = -3;

    [LibraryImport(Library)]
    public static partial nint EVP_PKEY_CTX_new_from_name(
        nint library, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, nint properties);

    [LibraryImport(Library)]
    public static partial nint EVP_PKEY_CTX_new_from_pkey(nint library, EvpKey key, nint properties);

    [LibraryImport(Library)]
    public static partial void EVP_PKEY_CTX_free(nint context);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_keygen_init(nint context);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_CTX_set_rsa_keygen_bits(nint context, int bits);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_CTX_set_group_name(
        nint context, [MarshalAs(UnmanagedType.LPUTF8Str)] string name);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_generate(nint context, nint* key);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_check(nint context);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_public_check(nint context);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_sign_init(nint context);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_sign(
        nint context, byte* signature, nuint* length, byte* digest, nuint digestLength);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_verify_init(nint context);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_verify(
        nint context, byte* signature, nuint length, byte* digest, nuint digestLength);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_encrypt_init(nint context);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_encrypt(nint context, byte* output, nuint* length, byte* input, nuint inputLength);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_decrypt_init(nint context);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_decrypt(nint context, byte* output, nuint* length, byte* input, nuint inputLength);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_CTX_set_rsa_padding(nint context, int padding);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_CTX_set_rsa_pss_saltlen(nint context, int bytes);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_CTX_set_rsa_oaep_md(nint context, nint digest);

    /// <summary>The label, from <see cref="CRYPTO_memdup"/>, belongs to the context when it succeeds.</summary>
    [LibraryImport(Library)]
    public static partial int EVP_PKEY_CTX_set0_rsa_oaep_label(nint context, nint label, int length);

    [LibraryImport(Library)]
    public static partial nint CRYPTO_memdup(byte* bytes, nuint length, byte* file, int line);

    [LibraryImport(Library)]
    public static partial void CRYPTO_free(nint memory, byte* file, int line);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_CTX_set_rsa_mgf1_md(nint context, nint digest);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_CTX_set_signature_md(nint context, nint digest);

    [LibraryImport(Library)]
    public static partial nint EVP_MD_CTX_new();

    [LibraryImport(Library)]
    public static partial void EVP_MD_CTX_free(nint context);

    [LibraryImport(Library)]
    public static partial int EVP_DigestSignInit(nint context, nint operation, nint digest, nint engine, EvpKey key);

    [LibraryImport(Library)]
    public static partial int EVP_DigestSign(
        nint context, byte* signature, nuint* length, byte* message, nuint messageLength);

    [LibraryImport(Library)]
    public static partial int EVP_DigestVerifyInit(nint context, nint operation, nint digest, nint engine, EvpKey key);

    [LibraryImport(Library)]
    public static partial int EVP_DigestVerify(
        nint context, byte* signature, nuint length, byte* message, nuint messageLength);
}
