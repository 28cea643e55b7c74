using System.Formats.Asn1;

namespace Saas.Encryption.Transit.Engine;

/// <summary>
/// The parts of a PKCS#8 PrivateKeyInfo (RFC 5208, 5958), without a copy of the key. Read here, not by OpenSSL, because
/// Vault takes some that OpenSSL reads as something else: an RSA key marked for PSS, Ed25519 in the shape of an EC key.
/// </summary>
internal readonly ref struct PrivateKeyInfo
{
    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string RsaPss = "1.2.840.113549.1.1.10";
    private const string EcPublicKey = "1.2.840.10045.2.1";
    private const string Ed25519 = "1.3.101.112";

    // Two that are in use for Ed25519 in place of a curve, the first NSS's; Vault takes both.
    private const string Ed25519AsNssCurve = "1.3.6.1.4.1.11591.15.1";
    private const string Ed25519AsCurve = "1.3.101.110";

    private PrivateKeyInfo(KeyPairKind kind, KeyType curve, ReadOnlySpan<byte> key)
    {
        Kind = kind;
        Curve = curve;
        Key = key;
    }

    public KeyPairKind Kind { get; }

    /// <summary>Of an EC key.</summary>
    public KeyType Curve { get; }

    /// <summary>PKCS#1 of an RSA key, the private number of an EC key, the seed of an Ed25519 key.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <exception cref="AsnContentException">It is no PrivateKeyInfo.</exception>
    public static PrivateKeyInfo Read(ReadOnlySpan<byte> der)
    {
        var outer = Content(der);
        _ = AsnDecoder.ReadIntegerBytes(outer, AsnEncodingRules.DER, out var consumed);
        outer = outer[consumed..];
        var algorithm = Content(outer, out consumed);
        var key = Octets(outer[consumed..]);
        var parameters = ReadIdentifier(algorithm, out var name);
        switch (name)
        {
            case Rsa or RsaPss:
                return new PrivateKeyInfo(KeyPairKind.Rsa, default, key);
            case Ed25519:
                return new PrivateKeyInfo(KeyPairKind.Ed25519, default, Octets(key));
            case EcPublicKey:
                ReadIdentifier(parameters, out var curve);
                return ReadEc(key, curve);
            default:
                return default;
        }
    }

    /// <summary>RFC 5915: version, private number, then what we can compute.</summary>
    private static PrivateKeyInfo ReadEc(ReadOnlySpan<byte> ecPrivateKey, string curve)
    {
        var content = Content(ecPrivateKey);
        _ = AsnDecoder.ReadIntegerBytes(content, AsnEncodingRules.DER, out var consumed);
        var number = Octets(content[consumed..]);
        return curve is Ed25519AsNssCurve or Ed25519AsCurve
            ? new PrivateKeyInfo(KeyPairKind.Ed25519, default, number)
            : EcCurve.TryFind(curve, out var type)
                ? new PrivateKeyInfo(KeyPairKind.Ec, type, number)
                : default;
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> der)
    {
        var content = Content(der, out var consumed);
        return consumed == der.Length ? content : throw new AsnContentException();
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> der, out int consumed)
    {
        AsnDecoder.ReadSequence(der, AsnEncodingRules.DER, out var offset, out var length, out consumed);
        return der.Slice(offset, length);
    }

    private static ReadOnlySpan<byte> Octets(ReadOnlySpan<byte> der) =>
        AsnDecoder.TryReadPrimitiveOctetString(der, AsnEncodingRules.DER, out var value, out _)
            ? value
            : throw new AsnContentException();

    /// <summary>What follows the identifier.</summary>
    private static ReadOnlySpan<byte> ReadIdentifier(ReadOnlySpan<byte> der, out string identifier)
    {
        identifier = AsnDecoder.ReadObjectIdentifier(der, AsnEncodingRules.DER, out var consumed);
        return der[consumed..];
    }
}
