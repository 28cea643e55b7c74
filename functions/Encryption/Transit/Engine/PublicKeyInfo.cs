using System.Formats.Asn1;

namespace Saas.Encryption.Transit.Engine;

/// <summary>What a SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) is a key of, and the bits of the key.</summary>
internal readonly ref struct PublicKeyInfo
{
    private const int Ed25519Bytes = 32;

    private PublicKeyInfo(KeyPairKind kind, KeyType curve, ReadOnlySpan<byte> key)
    {
        Kind = kind;
        Curve = curve;
        Key = key;
    }

    public KeyPairKind Kind { get; }

    public KeyType Curve { get; }

    public ReadOnlySpan<byte> Key { get; }

    /// <exception cref="AsnContentException">It is no SubjectPublicKeyInfo.</exception>
    public static PublicKeyInfo Read(ReadOnlySpan<byte> der)
    {
        AsnDecoder.ReadSequence(der, AsnEncodingRules.DER, out var offset, out var length, out _);
        var content = der.Slice(offset, length);
        AsnDecoder.ReadSequence(content, AsnEncodingRules.DER, out offset, out length, out var consumed);
        var algorithm = content.Slice(offset, length);
        if (!AsnDecoder.TryReadPrimitiveBitString(content[consumed..], AsnEncodingRules.DER, out _, out var key, out _))
        {
            throw new AsnContentException();
        }

        switch (AsnDecoder.ReadObjectIdentifier(algorithm, AsnEncodingRules.DER, out consumed))
        {
            case "1.2.840.113549.1.1.1":
                return new PublicKeyInfo(KeyPairKind.Rsa, default, key);
            case "1.2.840.10045.2.1":
                var curve = AsnDecoder.ReadObjectIdentifier(algorithm[consumed..], AsnEncodingRules.DER, out _);
                return EcCurve.TryFind(curve, out var type) ? new PublicKeyInfo(KeyPairKind.Ec, type, key) : default;
            case "1.3.101.112" when key.Length == Ed25519Bytes:
                return new PublicKeyInfo(KeyPairKind.Ed25519, default, key);
            default:
                return default;
        }
    }
}
