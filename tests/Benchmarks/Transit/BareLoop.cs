using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Saas.Benchmarks.Transit;

/// <summary>
/// What is left of a batch without a server: the same JSON read, every plaintext encrypted with AesGcm under a random
/// nonce, and an answer of the same form written, with nothing but what .NET has. For one thread.
/// </summary>
internal sealed class BareLoop : IDisposable
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly AesGcm _aes = new(RandomNumberGenerator.GetBytes(32), 16);
    private readonly ArrayBufferWriter<byte> _output = new(256 * 1024);
    private readonly byte[] _plaintext = new byte[64];
    private readonly byte[] _sealed = new byte[128];
    private readonly byte[] _text = new byte[256];

    /// <returns>Items encrypted.</returns>
    public int Run(ReadOnlySpan<byte> body)
    {
        _output.ResetWrittenCount();
        using var writer = new Utf8JsonWriter(_output, Writing);
        writer.WriteStartObject();
        writer.WriteStartArray("batch_results");
        var reader = new Utf8JsonReader(body);
        var items = 0;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("plaintext"u8))
            {
                reader.Read();
                Encrypt(reader.ValueSpan, writer);
                items++;
            }
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        return items;
    }

    public void Dispose() => _aes.Dispose();

    private void Encrypt(ReadOnlySpan<byte> base64, Utf8JsonWriter writer)
    {
        Base64.DecodeFromUtf8(base64, _plaintext, out _, out var length);
        var nonce = _sealed.AsSpan(0, 12);
        RandomNumberGenerator.Fill(nonce);
        _aes.Encrypt(nonce, _plaintext.AsSpan(0, length), _sealed.AsSpan(12, length), _sealed.AsSpan(12 + length, 16));
        var prefix = Encoding.ASCII.GetBytes("vault:v1:", _text);
        Base64.EncodeToUtf8(_sealed.AsSpan(0, length + 28), _text.AsSpan(prefix), out _, out var written);
        writer.WriteStartObject();
        writer.WriteString("ciphertext"u8, _text.AsSpan(0, prefix + written));
        writer.WriteNumber("key_version"u8, 1);
        writer.WriteString("reference"u8, ""u8);
        writer.WriteEndObject();
    }
}
