using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Saas.Storage.Tables;

namespace Saas.Hosting.Audit;

/// <summary>
/// Chains lines behind a head and bundles them in rows. A row holds the canonical bytes of many entries, divided by
/// <c>\n</c> (which no entry contains); its key is the sequence of its last, so that the first row from sequence N on is
/// the one that holds N. An entry costs a copy of its line and one SHA-256. Large rows are packed (<see cref="PackedRow"/>):
/// entries of one tenant repeat one another, and what a store writes costs more than making it a quarter.
/// </summary>
internal sealed class AuditRows(AuditHead head)
{
    public const int MaxRowEntries = 1000;

    /// <summary>Of a row with more than one entry.</summary>
    public const int MaxRowBytes = 256 * 1024;

    /// <summary>Of <c>{"sequence":N,"previous":"…",</c> at the longest.</summary>
    private const int MaxPlaceBytes = 128;

    private readonly List<TableWrite> _writes = [];
    private readonly List<byte[]> _rented = [];
    private readonly byte[] _hash = new byte[SHA256.HashSizeInBytes * 2];
    private byte[] _row = [];
    private int _length;
    private int _entries;
    private long _sequence = head.Sequence;

    public static string RowOf(long sequence) => sequence.ToString("D19");

    /// <summary>The entries of a row, in order.</summary>
    /// <exception cref="InvalidDataException">The row is not one of ours.</exception>
    public static IEnumerable<ReadOnlyMemory<byte>> EntriesOf(ReadOnlyMemory<byte> row)
    {
        row = PackedRow.Unpack(row);
        while (true)
        {
            var end = row.Span.IndexOf(AuditLine.End);
            yield return end < 0 ? row : row[..end];
            if (end < 0)
            {
                yield break;
            }

            row = row[(end + 1)..];
        }
    }

    /// <param name="lines">As <see cref="AuditLine"/> makes them, each ended by <c>\n</c>.</param>
    public void Add(ReadOnlySpan<byte> lines)
    {
        while (lines.Length > 0)
        {
            var end = lines.IndexOf(AuditLine.End);
            AddLine(lines[..end]);
            lines = lines[(end + 1)..];
        }
    }

    /// <summary>The rows to insert, and where the log then ends. Call once.</summary>
    public (List<TableWrite> Writes, AuditHead Head) Finish()
    {
        CloseRow();
        return (_writes, new AuditHead(_sequence, _sequence == head.Sequence ? head.Hash : System.Text.Encoding.ASCII.GetString(_hash)));
    }

    /// <summary>Only when the store has answered: what one that failed still does with the rows is unknown.</summary>
    public void Release() => _rented.ForEach(row => ArrayPool<byte>.Shared.Return(row));

    private void AddLine(ReadOnlySpan<byte> line)
    {
        var most = line.Length + MaxPlaceBytes;
        if (_entries > 0 && (_entries == MaxRowEntries || _length + 1 + most > MaxRowBytes))
        {
            CloseRow();
        }

        Reserve(most + 1);
        if (_entries > 0)
        {
            _row[_length++] = AuditLine.End;
        }

        if (_sequence == head.Sequence)
        {
            System.Text.Encoding.ASCII.GetBytes(head.Hash, _hash);
        }

        var begin = _length;
        _sequence++;
        Write("{\"sequence\":"u8);
        Utf8Formatter.TryFormat(_sequence, _row.AsSpan(_length), out var digits);
        _length += digits;
        Write(",\"previous\":\""u8);
        Write(_hash);
        Write("\","u8);
        Write(line[1..]);
        _entries++;

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_row.AsSpan(begin, _length - begin), hash);
        Convert.TryToHexStringLower(hash, _hash, out _);
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_row.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Reserve(int bytes)
    {
        if (_row.Length - _length >= bytes)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + bytes, Math.Min(_row.Length * 2, MaxRowBytes)));
        _row.AsSpan(0, _length).CopyTo(larger);
        if (_row.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_row);
        }

        _row = larger;
    }

    private void CloseRow()
    {
        if (_entries > 0)
        {
            if (_length >= PackedRow.LeastBytes)
            {
                (_row, _length) = PackedRow.Pack(_row, _length);
            }

            _writes.Add(TableWrite.Insert(RowOf(_sequence), _row.AsMemory(0, _length)));
            _rented.Add(_row);
            (_row, _length, _entries) = ([], 0, 0);
        }
    }
}
