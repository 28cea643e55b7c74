using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace Saas.Hosting.Audit;

/// <summary>How <see cref="AuditValues"/> reads and writes, with the buffers of a thread.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as its thread, and its writer holds memory only.")]
internal sealed class Redaction
{
    private const int MaxKeptTextBytes = 64 * 1024;

    /// <summary>How often over the input may be read: arrays in arrays are looked through at every level.</summary>
    private const int MaxLookAhead = 4;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = AuditValues.MaxDepth };

    [ThreadStatic]
    private static Redaction? s_ofThread;

    private readonly ArrayBufferWriter<byte> _output = new(2048);
    private readonly Utf8JsonWriter _writer;
    private readonly byte[] _shown = new byte[Prefix.Length + (2 * SHA256.HashSizeInBytes)];
    private byte[] _text = new byte[1024];
    private int _textUsed;
    private long _lookedAhead;

    private Redaction()
    {
        _writer = new Utf8JsonWriter(_output, new JsonWriterOptions { SkipValidation = true });
        Prefix.CopyTo(_shown);
    }

    public IncrementalHash? Hmac { get; set; }

    private static ReadOnlySpan<byte> Prefix => "hmac-sha256:"u8;

    public static Redaction OfThread() => s_ofThread ??= new Redaction();

    public ReadOnlySpan<byte> Redact(ReadOnlySpan<byte> json)
    {
        Restart();
        if (!TryRedact(json))
        {
            Restart();
            WriteHmac(json);
        }

        _writer.Flush();
        return _output.WrittenSpan;
    }

    /// <summary>Nothing of what was redacted stays in memory.</summary>
    public void Forget()
    {
        Hmac = null;
        CryptographicOperations.ZeroMemory(_text.AsSpan(0, _textUsed));
        _textUsed = 0;
        if (_text.Length > MaxKeptTextBytes)
        {
            _text = new byte[1024];
        }
    }

    private void Restart()
    {
        _lookedAhead = 0;
        _output.ResetWrittenCount();
        _writer.Reset(_output);
    }

    private bool TryRedact(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, ReaderOptions);
        try
        {
            while (reader.Read())
            {
                WriteToken(ref reader, json);
                if (_writer.BytesCommitted + _writer.BytesPending > AuditValues.MaxOutputBytes || _lookedAhead > MaxLookAhead * (long)json.Length)
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: a string that is no UTF-8, or half a surrogate pair.
            return false;
        }
    }

    private void WriteToken(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                _writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                _writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                WriteArray(ref reader, json);
                break;
            case JsonTokenType.EndArray:
                _writer.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                _writer.WritePropertyName(Text(ref reader));
                break;
            case JsonTokenType.String or JsonTokenType.Number:
                WriteHmac(Text(ref reader));
                break;
            case JsonTokenType.True or JsonTokenType.False:
                _writer.WriteBooleanValue(reader.TokenType == JsonTokenType.True);
                break;
            default:
                _writer.WriteNullValue();
                break;
        }
    }

    /// <summary>Looks ahead; a long one is behind <paramref name="reader"/> then.</summary>
    private void WriteArray(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var ahead = reader;
        var items = 0;
        while (ahead.Read() && ahead.TokenType != JsonTokenType.EndArray)
        {
            items++;
            ahead.Skip();
        }

        _lookedAhead += ahead.BytesConsumed - reader.BytesConsumed;
        if (items <= AuditValues.MaxElements)
        {
            _writer.WriteStartArray();
            return;
        }

        _writer.WriteStartObject();
        _writer.WriteNumber("items"u8, items);
        _writer.WritePropertyName("hmac"u8);
        WriteHmac(json[(int)reader.TokenStartIndex..(int)ahead.BytesConsumed]);
        _writer.WriteEndObject();
        reader = ahead;
    }

    private ReadOnlySpan<byte> Text(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        if (_text.Length < reader.ValueSpan.Length)
        {
            CryptographicOperations.ZeroMemory(_text);
            _text = new byte[reader.ValueSpan.Length];
        }

        var length = reader.CopyString(_text);
        _textUsed = Math.Max(_textUsed, length);
        return _text.AsSpan(0, length);
    }

    private void WriteHmac(ReadOnlySpan<byte> value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Hmac!.AppendData(value);
        Hmac.GetHashAndReset(hash);
        Convert.TryToHexStringLower(hash, _shown.AsSpan(Prefix.Length), out _);
        _writer.WriteStringValue(_shown);
    }
}
