using System.Runtime.InteropServices;

namespace Saas.Encryption.Transit.Engine.OpenSsl;

/// <summary>Hashes, key pairs and their DER forms.</summary>
internal static unsafe partial class Crypto
{
    public const int KeyTypeRsa = 6;
    public const int KeyTypeEc = 408;
    public const int KeyTypeEd25519 = 1087;

    [LibraryImport(Library)]
    public static partial nint EVP_MD_fetch(
        nint library, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, nint properties);

    [LibraryImport(Library)]
    public static partial int EVP_Digest(
        byte* input, nuint length, byte* output, uint* written, nint digest, nint engine);

    [LibraryImport(Library)]
    public static partial byte* HMAC(
        nint digest, byte* key, int keyLength, byte* input, nuint length, byte* output, uint* written);

    [LibraryImport(Library)]
    public static partial void EVP_PKEY_free(nint key);

    [LibraryImport(Library)]
    public static partial nint EVP_PKEY_new_raw_private_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Library)]
    public static partial nint EVP_PKEY_new_raw_public_key(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_get_raw_private_key(EvpKey key, byte* output, nuint* length);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_get_raw_public_key(EvpKey key, byte* output, nuint* length);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_get_bits(EvpKey key);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_get_size(EvpKey key);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_get_group_name(EvpKey key, byte* name, nuint size, nuint* length);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_eq(EvpKey one, EvpKey other);

    [LibraryImport(Library)]
    public static partial int EVP_PKEY_set_int_param(
        EvpKey key, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, int value);

    [LibraryImport(Library)]
    public static partial nint d2i_PrivateKey(int type, nint into, byte** from, nint length);

    [LibraryImport(Library)]
    public static partial nint d2i_PUBKEY(nint into, byte** from, nint length);

    [LibraryImport(Library)]
    public static partial int i2d_PrivateKey(EvpKey key, byte** to);

    [LibraryImport(Library)]
    public static partial int i2d_PUBKEY(EvpKey key, byte** to);

    /// <summary>Zeroes the PKCS#8 structure's copy of the key when freed.</summary>
    [LibraryImport(Library)]
    public static partial nint EVP_PKEY2PKCS8(EvpKey key);

    [LibraryImport(Library)]
    public static partial int i2d_PKCS8_PRIV_KEY_INFO(nint info, byte** to);

    [LibraryImport(Library)]
    public static partial void PKCS8_PRIV_KEY_INFO_free(nint info);
}
