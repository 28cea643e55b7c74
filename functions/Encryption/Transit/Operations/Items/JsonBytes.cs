using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>Writes what a result is made of straight into the answer: no writer between, which would check what we know.</summary>
internal static class JsonBytes
{
    private const int MaxIntegerBytes = 11;

    extension(PooledBuffer output)
    {
        public void WriteInteger(int value)
        {
            Utf8Formatter.TryFormat(value, output.GetSpan(MaxIntegerBytes), out var written);
            output.Advance(written);
        }

        /// <summary>Without quotes.</summary>
        public void WriteBase64(ReadOnlySpan<byte> bytes)
        {
            Base64.EncodeToUtf8(bytes, output.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
            output.Advance(written);
        }

        /// <summary>Without quotes and padding.</summary>
        public void WriteBase64Url(ReadOnlySpan<byte> bytes)
        {
            Base64Url.EncodeToUtf8(bytes, output.GetSpan(Base64Url.GetEncodedLength(bytes.Length)), out _, out var written);
            output.Advance(written);
        }

        /// <summary>Lower case, without quotes.</summary>
        public void WriteHex(ReadOnlySpan<byte> bytes)
        {
            Convert.TryToHexStringLower(bytes, output.GetSpan(2 * bytes.Length), out var written);
            output.Advance(written);
        }

        /// <summary><c>vault:v3:</c></summary>
        public void WriteVersion(int version)
        {
            output.Write("vault:v"u8);
            output.WriteInteger(version);
            output.Write(":"u8);
        }

        /// <summary>With quotes, escaped.</summary>
        public void WriteText(string text)
        {
            output.Write("\""u8);
            output.Write(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes);
            output.Write("\""u8);
        }

        /// <summary>
        /// Without quotes. What came without escapes needs none; what had some is escaped again, perhaps in other places.
        /// </summary>
        public void WriteReference(ReadOnlySpan<byte> text, SliceKind kind)
        {
            if (kind == SliceKind.Text)
            {
                output.Write(text);
                return;
            }

            while (!text.IsEmpty)
            {
                JavaScriptEncoder.UnsafeRelaxedJsonEscaping.EncodeUtf8(text, output.GetSpan(text.Length + 12), out var consumed, out var written);
                output.Advance(written);
                text = text[consumed..];
            }
        }
    }
}
