using System.Security.Cryptography;

namespace Saas.Keys;

/// <summary>Where a sealed value stands; it opens nowhere else. The partition begins with the tenant's id.</summary>
internal readonly record struct SealedPlace(string Table, string Partition, string Row);

/// <summary>
/// The format of sealed values:
/// <code>
/// offset  bytes
///      0      1  version: 1
///      1     16  salt, random
///     17      n  the value, encrypted
///   17+n     16  tag
/// </code>
/// Key = HKDF-SHA256(root key, salt, info = "saas/seal/1", table, partition, row, each behind its length); AES-256-GCM
/// with a nonce of zeros, and the version and the same info as associated data.
/// <para>
/// Every value has a key of its own. With one key and random nonces of 96 bits a tenant would have to change keys after
/// 2^32 values (NIST SP 800-38D §8.3); here two values share a key only if salts of 128 bits meet in the same row.
/// </para>
/// </summary>
internal static class SealedValue
{
    public const int OverheadBytes = 1 + SaltBytes + TagBytes;

    private const byte Version = 1;
    private const int SaltBytes = 16;
    private const int TagBytes = 16;
    private const int NonceBytes = 12;
    private const int KeyBytes = 32;
    private const string Domain = "saas/seal/1";

    public static byte[] Seal(ReadOnlySpan<byte> root, SealedPlace place, ReadOnlySpan<byte> plain)
    {
        var value = GC.AllocateUninitializedArray<byte>(OverheadBytes + plain.Length);
        value[0] = Version;
        var salt = value.AsSpan(1, SaltBytes);
        RandomNumberGenerator.Fill(salt);

        // The version byte stands before the info, so that one span is the associated data and its rest the info.
        Span<byte> space = stackalloc byte[LengthPrefixed.StackBytes];
        var associated = Associated(space, place);
        Span<byte> key = stackalloc byte[KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, root, key, salt, associated[1..]);
        using var aes = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        Span<byte> nonce = stackalloc byte[NonceBytes];
        nonce.Clear();
        aes.Encrypt(nonce, plain, value.AsSpan(1 + SaltBytes, plain.Length), value.AsSpan(value.Length - TagBytes), associated);
        return value;
    }

    /// <exception cref="SealBrokenException">See there.</exception>
    public static SecretBuffer Open(ReadOnlySpan<byte> root, SealedPlace place, ReadOnlySpan<byte> value)
    {
        if (value.Length < OverheadBytes || value[0] != Version)
        {
            throw new SealBrokenException();
        }

        Span<byte> space = stackalloc byte[LengthPrefixed.StackBytes];
        var associated = Associated(space, place);
        Span<byte> key = stackalloc byte[KeyBytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, root, key, value.Slice(1, SaltBytes), associated[1..]);
        using var aes = new AesGcm(key, TagBytes);
        CryptographicOperations.ZeroMemory(key);
        Span<byte> nonce = stackalloc byte[NonceBytes];
        nonce.Clear();
        var plain = SecretBuffer.Allocate(value.Length - OverheadBytes);
        try
        {
            aes.Decrypt(nonce, value[(1 + SaltBytes)..^TagBytes], value[^TagBytes..], plain.Span, associated);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            plain.Dispose();
            throw new SealBrokenException();
        }
    }

    private static ReadOnlySpan<byte> Associated(Span<byte> space, SealedPlace place)
    {
        space[0] = Version;
        return space[..(1 + LengthPrefixed.Write(space[1..], Domain, place.Table, place.Partition, place.Row).Length)];
    }
}
