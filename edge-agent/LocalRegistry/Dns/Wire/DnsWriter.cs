using System.Buffers.Binary;

namespace Saas.LocalRegistry.Dns.Wire;

/// <summary>
/// Writes a message into a buffer whose length is the message's limit. What does not fit sets <see cref="IsOver"/> and is
/// not written; the message is then of no use.
/// </summary>
internal ref struct DnsWriter(Span<byte> buffer, NameCompression names, bool compress)
{
    private const ushort Pointer = 0xC000;
    private readonly Span<byte> _buffer = buffer;

    public int Length { get; private set; }

    public bool IsOver { get; private set; }

    public readonly Span<byte> Written => _buffer[..Length];

    public void UInt8(byte value)
    {
        if (Take(1, out var at))
        {
            _buffer[at] = value;
        }
    }

    public void UInt16(int value)
    {
        if (Take(2, out var at))
        {
            BinaryPrimitives.WriteUInt16BigEndian(_buffer[at..], (ushort)value);
        }
    }

    public void UInt32(uint value)
    {
        if (Take(4, out var at))
        {
            BinaryPrimitives.WriteUInt32BigEndian(_buffer[at..], value);
        }
    }

    public void Bytes(scoped ReadOnlySpan<byte> value)
    {
        if (Take(value.Length, out var at))
        {
            value.CopyTo(_buffer[at..]);
        }
    }

    /// <summary>Fills in what <see cref="UInt16"/> left room for.</summary>
    public readonly void Patch(int at, int value)
    {
        if (at + 2 <= _buffer.Length)
        {
            BinaryPrimitives.WriteUInt16BigEndian(_buffer[at..], (ushort)value);
        }
    }

    /// <param name="mayPoint">False inside of data where RFC 2782 and RFC 3597 §4 forbid pointers.</param>
    public void Name(DnsName name, scoped ReadOnlySpan<byte> question, bool mayPoint = true)
    {
        if (name.IsQuestion && compress && mayPoint)
        {
            UInt16(Pointer | DnsHeader.Bytes);
            return;
        }

        Span<byte> whole = stackalloc byte[DnsName.MaxBytes];
        if (name.IsQuestion)
        {
            question.CopyTo(whole);
            Whole(whole[..question.Length], mayPoint);
        }
        else
        {
            Whole(whole[..name.CopyTo(whole)], mayPoint);
        }
    }

    /// <summary>A name with the root's label.</summary>
    public void Whole(scoped ReadOnlySpan<byte> name, bool mayPoint = true)
    {
        if (IsOver)
        {
            return;
        }

        Span<byte> starts = stackalloc byte[128];
        Span<uint> hashes = stackalloc uint[128];
        var labels = 0;
        for (var at = 0; name[at] != 0; at += name[at] + 1)
        {
            starts[labels++] = (byte)at;
        }

        uint hash = 0;
        for (var i = labels - 1; i >= 0; i--)
        {
            hashes[i] = hash = NameCompression.HashOf(name.Slice(starts[i], name[starts[i]] + 1), hash);
        }

        for (var i = 0; i < labels; i++)
        {
            if (compress && mayPoint && names.Find(hashes[i], name[starts[i]..], _buffer) is >= 0 and var known)
            {
                UInt16(Pointer | known);
                return;
            }

            var at = Length;
            Bytes(name.Slice(starts[i], name[starts[i]] + 1));
            if (IsOver)
            {
                return;
            }

            names.Add(hashes[i], at);
        }

        UInt8(0);
    }

    private bool Take(int bytes, out int at)
    {
        at = Length;
        if (IsOver || bytes > _buffer.Length - Length)
        {
            IsOver = true;
            return false;
        }

        Length += bytes;
        return true;
    }
}
