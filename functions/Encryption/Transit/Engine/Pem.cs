using System.Security.Cryptography;

namespace Saas.Encryption.Transit.Engine;

/// <summary>PEM as Go writes and reads it (RFC 7468): 64 columns, the last line ended; the label is not looked at.</summary>
internal static class Pem
{
    public static string Write(string label, ReadOnlySpan<byte> der) => PemEncoding.WriteString(label, der) + "\n";

    /// <summary>The first block's bytes; null if there is none.</summary>
    public static byte[]? Read(ReadOnlySpan<char> text) =>
        PemEncoding.TryFind(text, out var fields) ? Convert.FromBase64String(text[fields.Base64Data].ToString()) : null;
}
