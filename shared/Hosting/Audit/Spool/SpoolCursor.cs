using Saas.Contracts;

namespace Saas.Hosting.Audit.Spool;

/// <summary>Reads a spool's records in order, from any offset on, while others are appended behind.</summary>
/// <param name="segmentAt">The first segment to read that ends behind an offset, or null.</param>
internal sealed class SpoolCursor(Func<long, SpoolSegment?> segmentAt)
{
    private readonly byte[] _buffer = new byte[AuditSpool.MaxLineBytes * 2];
    private int _begin;
    private int _end;

    /// <summary>Of what is read next.</summary>
    public long Offset { get; private set; }

    /// <summary>Lines that were none: a disk that lost power may give such.</summary>
    public long Broken { get; private set; }

    public void MoveTo(long offset)
    {
        Offset = offset;
        (_begin, _end) = (0, 0);
    }

    /// <summary>The line just read is read again next.</summary>
    public void PutBack(in SpoolLine line)
    {
        var length = (int)(Offset - line.Begin);
        Offset -= length;
        _begin -= length;
    }

    /// <summary>False at the end, as it is now.</summary>
    /// <param name="line">Good until the next call.</param>
    public bool TryRead(out SpoolLine line)
    {
        while (true)
        {
            var whole = _buffer.AsSpan(_begin, _end - _begin);
            var length = whole.IndexOf(AuditLine.End) + 1;
            if (length > 0)
            {
                var begin = Offset;
                Offset += length;
                _begin += length;
                if (SpoolLine.TryParse(whole[..length], begin, out line))
                {
                    return true;
                }

                Broken++;
            }
            else if (!Fill())
            {
                line = default;
                return false;
            }
        }
    }

    private bool Fill()
    {
        if (_end - _begin == _buffer.Length)
        {
            // Longer than any line.
            Broken++;
            MoveTo(Offset + _buffer.Length);
        }

        if (segmentAt(Offset) is not { } segment)
        {
            return false;
        }

        if (segment.Begin > Offset)
        {
            // What is left in the buffer is the torn end of the segment before.
            MoveTo(segment.Begin);
        }

        _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer);
        (_begin, _end) = (0, _end - _begin);
        var read = segment.Begin <= Offset + _end && segment.End > Offset + _end ? segment.Read(_buffer.AsSpan(_end), Offset + _end) : 0;
        _end += read;
        if (read == 0)
        {
            // A line without an end, with another segment behind it.
            Broken += _end > 0 ? 1 : 0;
            MoveTo(segment.End);
        }

        return true;
    }
}

/// <summary>A record in a spool.</summary>
/// <param name="Begin">Its offset.</param>
internal readonly ref struct SpoolLine
{
    private static readonly int TenantLength = TenantId.New(TimeProvider.System).Value.Length;

    private SpoolLine(ReadOnlySpan<byte> line, long begin)
    {
        Tenant = line[..TenantLength];
        Json = line[(TenantLength + 1)..];
        (Begin, End) = (begin, begin + line.Length);
    }

    /// <summary>ASCII.</summary>
    public ReadOnlySpan<byte> Tenant { get; }

    /// <summary>As <see cref="AuditLine"/> wrote it, with its end.</summary>
    public ReadOnlySpan<byte> Json { get; }

    public long Begin { get; }

    public long End { get; }

    /// <summary>Cheap, and sure to tell a line from the zeros or the remains that a disk without power leaves.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, long begin, out SpoolLine parsed)
    {
        parsed = default;
        if (line.Length < TenantLength + 4 || line[TenantLength] != ' ' || line[TenantLength + 1] != '{' || line[^2] != '}' || line.Contains((byte)0))
        {
            return false;
        }

        parsed = new SpoolLine(line, begin);
        return true;
    }
}
