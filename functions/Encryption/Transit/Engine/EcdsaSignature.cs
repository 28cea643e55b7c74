using System.Formats.Asn1;

namespace Saas.Encryption.Transit.Engine;

/// <summary>The two forms of an ECDSA signature: DER of (r, s), and r and s side by side (RFC 7518 §3.4).</summary>
internal static class EcdsaSignature
{
    /// <summary>Strict DER: OpenSSL would call a malformed signature merely wrong, and Vault tells the two apart.</summary>
    public static CryptoFault CheckDer(ReadOnlySpan<byte> der)
    {
        try
        {
            if (!AsnDecoder.TryReadEncodedValue(
                der, AsnEncodingRules.DER, out var tag, out var offset, out var length, out var consumed)
                || tag != Asn1Tag.Sequence)
            {
                return CryptoFault.MalformedSignature;
            }

            // What follows s inside the sequence is refused by OpenSSL, as a wrong signature.
            var content = der.Slice(offset, length);
            AsnDecoder.ReadIntegerBytes(content, AsnEncodingRules.DER, out var first);
            AsnDecoder.ReadIntegerBytes(content[first..], AsnEncodingRules.DER, out _);
            return consumed == der.Length ? CryptoFault.None : CryptoFault.SignatureHasExtraData;
        }
        catch (AsnContentException)
        {
            return CryptoFault.MalformedSignature;
        }
    }

    /// <param name="integerBytes">Bytes of the curve's order.</param>
    public static byte[] ToJws(ReadOnlySpan<byte> der, int integerBytes)
    {
        AsnDecoder.ReadSequence(der, AsnEncodingRules.DER, out var offset, out var length, out _);
        var content = der.Slice(offset, length);
        var r = AsnDecoder.ReadIntegerBytes(content, AsnEncodingRules.DER, out var consumed).TrimStart((byte)0);
        var s = AsnDecoder.ReadIntegerBytes(content[consumed..], AsnEncodingRules.DER, out _).TrimStart((byte)0);
        var jws = new byte[2 * integerBytes];
        r.CopyTo(jws.AsSpan(integerBytes - r.Length));
        s.CopyTo(jws.AsSpan((2 * integerBytes) - s.Length));
        return jws;
    }

    /// <summary>Split in the middle whatever its length, as Vault does: a wrong length gives wrong numbers.</summary>
    public static byte[] FromJws(ReadOnlySpan<byte> jws)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            WriteInteger(writer, jws[..(jws.Length / 2)]);
            WriteInteger(writer, jws[(jws.Length / 2)..]);
        }

        return writer.Encode();
    }

    private static void WriteInteger(AsnWriter writer, ReadOnlySpan<byte> bytes)
    {
        bytes = bytes.TrimStart((byte)0);
        writer.WriteIntegerUnsigned(bytes.IsEmpty ? [0] : bytes);
    }
}
