using System.Security.Cryptography;
using Saas.Encryption.Transit.Engine.OpenSsl;

namespace Saas.Encryption.Transit.Engine;

/// <summary>The three curves of the ecdsa types, and their private keys as OpenSSL reads them.</summary>
/// <param name="Group">OpenSSL's name.</param>
/// <param name="Identifier">Object identifier.</param>
/// <param name="NumberBytes">Of the order.</param>
internal sealed record EcCurve(KeyType Type, string Group, string Identifier, int NumberBytes, byte[] IdentifierDer)
{
    private static readonly EcCurve[] All =
    [
        new(KeyType.EcdsaP256, "prime256v1", "1.2.840.10045.3.1.7", 32,
            [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]),
        new(KeyType.EcdsaP384, "secp384r1", "1.3.132.0.34", 48, [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22]),
        new(KeyType.EcdsaP521, "secp521r1", "1.3.132.0.35", 66, [0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23]),
    ];

    public static EcCurve Of(KeyType type) => All.Single(c => c.Type == type);

    public static bool TryFind(string identifier, out KeyType type)
    {
        var curve = All.FirstOrDefault(c => c.Identifier == identifier);
        type = curve?.Type ?? default;
        return curve is not null;
    }

    /// <summary>The pair of a private number; null if it is too long. Whether it is one of the curve's is not checked.</summary>
    public EvpKey? ReadPrivate(ReadOnlySpan<byte> number)
    {
        number = number.TrimStart((byte)0);
        if (number.Length > NumberBytes)
        {
            return null;
        }

        // RFC 5915 ECPrivateKey without the public point, which OpenSSL computes.
        Span<byte> room = stackalloc byte[128];
        var tail = IdentifierDer.Length;
        ReadOnlySpan<byte> head = [0x30, (byte)(3 + 2 + NumberBytes + 2 + tail), 0x02, 0x01, 0x01, 0x04, (byte)NumberBytes];
        var der = room[..(head.Length + NumberBytes + 2 + tail)];
        head.CopyTo(der);
        number.CopyTo(der[(head.Length + NumberBytes - number.Length)..]);
        der[head.Length + NumberBytes] = 0xa0;
        der[head.Length + NumberBytes + 1] = (byte)tail;
        IdentifierDer.CopyTo(der[(head.Length + NumberBytes + 2)..]);
        try
        {
            return EvpKey.ReadPrivate(Crypto.KeyTypeEc, der);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(room);
        }
    }
}
