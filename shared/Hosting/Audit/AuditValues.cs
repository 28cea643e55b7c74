using System.Buffers;

namespace Saas.Hosting.Audit;

/// <summary>
/// Makes of a request's or response's JSON what an audit record may hold: the same structure with every string and
/// number replaced by <c>hmac-sha256:</c> and the HMAC of its text in hexadecimal, so that who knows a value finds it in
/// the log, and who reads the log learns none.
/// <list type="bullet">
/// <item>Of a string the UTF-8 of what it says (escapes resolved) is hashed, of a number its digits as they came.
/// Member names, booleans and null stay.</item>
/// <item>An array of more than <see cref="MaxElements"/> becomes <c>{"items":N,"hmac":…}</c> over its bytes as they came:
/// a batch of a thousand is one entry, not a thousand.</item>
/// <item>What is no JSON, is nested deeper than <see cref="MaxDepth"/>, or would give more than
/// <see cref="MaxOutputBytes"/> becomes one HMAC over all of its bytes.</item>
/// </list>
/// Runs on every request: allocates nothing once warm. Made once for a key and used by many threads.
/// </summary>
public sealed class AuditValues : IDisposable
{
    public const int MaxElements = 16;
    public const int MaxDepth = 32;
    public const int MaxOutputBytes = 32 * 1024;

    private readonly ValueHmac _hmac;

    /// <param name="key">32 bytes, of the tenant alone; copied, and zeroed with this.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public AuditValues(ReadOnlySpan<byte> key) => _hmac = new ValueHmac(key);

    /// <summary>Appends one JSON value, in the canonical form that <see cref="RawJson"/> asks for.</summary>
    /// <param name="json">Not empty.</param>
    /// <exception cref="ObjectDisposedException">The key is gone.</exception>
    public void Write(ReadOnlySpan<byte> json, IBufferWriter<byte> output)
    {
        var redaction = Redaction.OfThread();
        redaction.Hmac = _hmac.Rent();
        try
        {
            output.Write(redaction.Redact(json));
        }
        finally
        {
            _hmac.Return(redaction.Hmac);
            redaction.Forget();
        }
    }

    /// <summary>As <see cref="Write"/>, in a buffer of its own.</summary>
    public RawJson Of(ReadOnlySpan<byte> json)
    {
        var output = new ArrayBufferWriter<byte>();
        Write(json, output);
        return new RawJson(output.WrittenMemory);
    }

    public void Dispose() => _hmac.Dispose();
}
