using System.Text;

namespace Saas.LocalRegistry.Checks;

/// <summary>Keeps what checks say within bounds.</summary>
internal static class OutputLimit
{
    /// <summary>The beginning, with a note of what is missing, as Consul cuts what services say of themselves.</summary>
    public static string Cut(string output, int bytes)
    {
        var total = Encoding.UTF8.GetByteCount(output);
        return total <= bytes ? output : $"{Head(output, bytes)} ... (captured {bytes} of {total} bytes)";
    }

    /// <summary>As much of the beginning as fits, whole characters.</summary>
    public static string Head(string output, int bytes)
    {
        Span<byte> kept = new byte[bytes];
        Encoding.UTF8.GetEncoder().Convert(output, kept, flush: false, out var chars, out _, out _);
        return output[..chars];
    }
}

/// <summary>Keeps the last bytes of a stream that may be long, and counts the rest. Safe for concurrent writers.</summary>
internal sealed class OutputRing(int capacity)
{
    private readonly Lock _gate = new();
    private readonly byte[] _bytes = new byte[capacity];
    private long _total;

    public void Append(ReadOnlySpan<byte> more)
    {
        lock (_gate)
        {
            var start = _total + Math.Max(0, more.Length - capacity);
            foreach (var b in more[Math.Max(0, more.Length - capacity)..])
            {
                _bytes[start++ % capacity] = b;
            }

            _total += more.Length;
        }
    }

    /// <summary>What is kept, as UTF-8; what is not becomes U+FFFD.</summary>
    public string Text(out long total)
    {
        lock (_gate)
        {
            total = _total;
            if (_total <= capacity)
            {
                return Encoding.UTF8.GetString(_bytes, 0, (int)_total);
            }

            var start = (int)(_total % capacity);
            return Encoding.UTF8.GetString([.. _bytes[start..], .. _bytes[..start]]);
        }
    }
}
