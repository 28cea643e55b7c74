using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Saas.Hosting.Audit;

/// <summary>
/// What happened and when, as JSON in one line (<c>{"at":…,"event":…}</c>): all of an entry but its place in the log.
/// Made where it happens and copied into the entry as it is, so that appending parses and writes no JSON.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Lives as long as its thread, and its writer holds memory only.")]
internal sealed class AuditLine
{
    public const byte End = (byte)'\n';

    /// <summary>Larger ones are let go after use.</summary>
    private const int MaxKeptBytes = 256 * 1024;

    [ThreadStatic]
    private static AuditLine? s_ofThread;

    private readonly Utf8JsonWriter _json;
    private ArrayBufferWriter<byte> _bytes = new(2048);

    private AuditLine() => _json = new Utf8JsonWriter(_bytes, new JsonWriterOptions { SkipValidation = true });

    /// <summary>This thread's, empty. Good until the thread asks for it again.</summary>
    public static AuditLine OfThread()
    {
        var line = s_ofThread ??= new AuditLine();
        if (line._bytes.Capacity > MaxKeptBytes)
        {
            line._bytes = new ArrayBufferWriter<byte>(2048);
        }

        line._bytes.ResetWrittenCount();
        return line;
    }

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public void Write(ReadOnlySpan<byte> bytes) => _bytes.Write(bytes);

    public void Write(string ascii)
    {
        var written = System.Text.Encoding.ASCII.GetBytes(ascii, _bytes.GetSpan(ascii.Length));
        _bytes.Advance(written);
    }

    public void Write(DateTimeOffset at, AuditEvent happened)
    {
        _json.Reset(_bytes);
        _json.WriteStartObject();
        _json.WriteString("at"u8, at);
        _json.WritePropertyName("event"u8);
        JsonSerializer.Serialize(_json, happened, AuditJson.Default.AuditEvent);
        _json.WriteEndObject();
        _json.Flush();
        Write([End]);
    }
}
