using System.Security.Cryptography;
using Saas.Encryption.Transit.Engine.OpenSsl;

namespace Saas.Encryption.Transit.Engine;

/// <summary>The hash of a signature, of an HMAC, of the hash operation. None: the input is signed as it is.</summary>
internal enum DigestAlgorithm
{
    None = 0,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sha3_224,
    Sha3_256,
    Sha3_384,
    Sha3_512,
}

/// <summary>Vault's names of the hash algorithms, and the operations that need no key material.</summary>
internal static class Digests
{
    public const int MaxBytes = 64;

    private static readonly DigestAlgorithm[] All = Enum.GetValues<DigestAlgorithm>();

    extension(DigestAlgorithm algorithm)
    {
        public string WireName => algorithm switch
        {
            DigestAlgorithm.None => "none",
            DigestAlgorithm.Sha1 => "sha1",
            DigestAlgorithm.Sha224 => "sha2-224",
            DigestAlgorithm.Sha256 => "sha2-256",
            DigestAlgorithm.Sha384 => "sha2-384",
            DigestAlgorithm.Sha512 => "sha2-512",
            DigestAlgorithm.Sha3_224 => "sha3-224",
            DigestAlgorithm.Sha3_256 => "sha3-256",
            DigestAlgorithm.Sha3_384 => "sha3-384",
            DigestAlgorithm.Sha3_512 => "sha3-512",
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, null),
        };

        /// <summary>0 for none.</summary>
        public int OutputBytes => algorithm switch
        {
            DigestAlgorithm.None => 0,
            DigestAlgorithm.Sha1 => 20,
            DigestAlgorithm.Sha224 or DigestAlgorithm.Sha3_224 => 28,
            DigestAlgorithm.Sha256 or DigestAlgorithm.Sha3_256 => 32,
            DigestAlgorithm.Sha384 or DigestAlgorithm.Sha3_384 => 48,
            DigestAlgorithm.Sha512 or DigestAlgorithm.Sha3_512 => 64,
            _ => throw new ArgumentOutOfRangeException(nameof(algorithm), algorithm, null),
        };
    }

    public static bool TryParse(string? name, out DigestAlgorithm algorithm)
    {
        foreach (var candidate in All)
        {
            if (candidate.WireName == name)
            {
                algorithm = candidate;
                return true;
            }
        }

        algorithm = default;
        return false;
    }

    /// <summary>Not for none.</summary>
    /// <returns>Bytes written to the destination, which has room for <see cref="MaxBytes"/> or the algorithm's own.</returns>
    public static int Hash(DigestAlgorithm algorithm, ReadOnlySpan<byte> input, Span<byte> destination) =>
        EvpDigest.Of(algorithm).Hash(input, destination[..algorithm.OutputBytes]);

    /// <summary>Not for none. Returns and needs what <see cref="Hash"/> does.</summary>
    public static int Hmac(
        DigestAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, Span<byte> destination) =>
        EvpDigest.Of(algorithm).Hmac(key, input, destination[..algorithm.OutputBytes]);

    /// <summary>Not for none. A shortened code is refused. Takes as long for every code of the right length.</summary>
    public static bool VerifyHmac(
        DigestAlgorithm algorithm, ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, ReadOnlySpan<byte> code)
    {
        Span<byte> expected = stackalloc byte[MaxBytes];
        var length = Hmac(algorithm, key, input, expected);
        return CryptographicOperations.FixedTimeEquals(expected[..length], code);
    }
}
