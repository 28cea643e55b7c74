using System.Buffers;
using System.Text;

namespace Saas.Hosting.Audit.Spool;

/// <summary>Records of one tenant that follow one another in a spool, copied together: what becomes a bundle.</summary>
internal sealed class SpoolLines
{
    private const int LeastBytes = 4 * 1024;

    private byte[] _bytes = [];
    private int _length;

    public bool IsEmpty => _length == 0;

    public int Count { get; private set; }

    /// <summary>Offset of the first.</summary>
    public long Begin { get; private set; }

    /// <summary>Behind the last.</summary>
    public long End { get; private set; }

    public int Length => _length;

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, _length);

    /// <summary>When the first happened; null where it cannot be told.</summary>
    public DateTimeOffset? OldestAt
    {
        get
        {
            const string Before = "{\"at\":\"";
            var text = _bytes.AsSpan(0, _length);
            var end = text.Length < Before.Length ? -1 : text[Before.Length..].IndexOf((byte)'"');
            return end > 0 && DateTimeOffset.TryParse(Encoding.ASCII.GetString(text.Slice(Before.Length, end)), out var at) ? at : null;
        }
    }

    /// <summary>False: there is no room.</summary>
    public bool TryAdd(in SpoolLine line)
    {
        if (_length > 0 && _length + line.Json.Length > SpoolLane.Capacity)
        {
            return false;
        }

        if (_bytes.Length < _length + line.Json.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(LeastBytes, _bytes.Length * 2), _length + line.Json.Length));
            Memory.CopyTo(larger);
            Return();
            _bytes = larger;
        }

        Begin = _length == 0 ? line.Begin : Begin;
        End = line.End;
        line.Json.CopyTo(_bytes.AsSpan(_length));
        _length += line.Json.Length;
        Count++;
        return true;
    }

    /// <summary>Only when nobody reads <see cref="Memory"/> any more.</summary>
    public void Clear()
    {
        Return();
        (_bytes, _length, Count) = ([], 0, 0);
    }

    private void Return()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}
