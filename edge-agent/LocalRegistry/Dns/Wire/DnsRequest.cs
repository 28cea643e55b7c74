using System.Text;

namespace Saas.LocalRegistry.Dns.Wire;

/// <summary>A question as it came. Reused for one packet after the other; not for concurrent use.</summary>
internal sealed class DnsRequest
{
    private readonly byte[] _name = new byte[DnsName.MaxBytes];
    private readonly byte[] _lower = new byte[DnsName.MaxBytes];
    private readonly byte[] _starts = new byte[128];
    private int _nameLength;

    public ReadOnlyMemory<byte> Packet { get; set; }
    public ushort Id { get; set; }
    public ushort Flags { get; set; }

    /// <summary>The answer repeats the question: it was read.</summary>
    public bool HasQuestion { get; set; }

    public DnsType Type { get; set; }
    public DnsClass Class { get; set; }
    public bool HasEdns { get; set; }

    /// <summary>What the client takes over UDP, as it says; 512 without EDNS.</summary>
    public int UdpBytes { get; set; }

    /// <summary>The EDNS client subnet, as it came (RFC 7871); empty: none.</summary>
    public ReadOnlyMemory<byte> ClientSubnet { get; set; }

    /// <summary>The name as it was asked, with the root's label.</summary>
    public ReadOnlySpan<byte> Name => _name.AsSpan(0, _nameLength);

    /// <summary>The root's not counted.</summary>
    public int LabelCount { get; private set; }

    public void Reset(ReadOnlyMemory<byte> packet)
    {
        (Packet, Id, Flags, HasQuestion, Type, Class) = (packet, 0, 0, false, default, DnsClass.Internet);
        (HasEdns, UdpBytes, ClientSubnet, _nameLength, LabelCount) = (false, DnsHeader.PlainUdpBytes, default, 0, 0);
    }

    /// <param name="name">With the root's label; valid.</param>
    public void SetName(ReadOnlySpan<byte> name)
    {
        name.CopyTo(_name);
        (_nameLength, LabelCount) = (name.Length, 0);
        for (var i = 0; i < name.Length; i++)
        {
            _lower[i] = DnsName.ToLower(name[i]);
        }

        for (var at = 0; name[at] != 0; at += name[at] + 1)
        {
            _starts[LabelCount++] = (byte)at;
        }
    }

    /// <summary>The name's labels from one on, length-prefixed, in lower case, with the root's.</summary>
    public ReadOnlySpan<byte> LowerFrom(int label) =>
        _lower.AsSpan(label == LabelCount ? _nameLength - 1 : _starts[label], label == LabelCount ? 1 : _nameLength - _starts[label]);

    /// <summary>In lower case.</summary>
    public ReadOnlySpan<byte> Label(int index) => _lower.AsSpan(_starts[index] + 1, _lower[_starts[index]]);

    /// <summary>Labels with dots between, in lower case.</summary>
    /// <param name="to">Not included; above <paramref name="from"/>.</param>
    public string Text(int from, int to)
    {
        Span<byte> text = stackalloc byte[DnsName.MaxBytes];
        var length = 0;
        for (var i = from; i < to; i++)
        {
            if (length > 0)
            {
                text[length++] = (byte)'.';
            }

            var label = Label(i);
            label.CopyTo(text[length..]);
            length += label.Length;
        }

        return Encoding.UTF8.GetString(text[..length]);
    }

    /// <param name="domain">In lower case, with the root's label.</param>
    /// <returns>The number of labels before the domain; -1: the name is not in it.</returns>
    public int LabelsBefore(ReadOnlySpan<byte> domain)
    {
        var begin = _nameLength - domain.Length;
        if (begin < 0 || !_lower.AsSpan(begin, domain.Length).SequenceEqual(domain))
        {
            return -1;
        }

        // The same bytes may lie across labels.
        for (var i = 0; i < LabelCount; i++)
        {
            if (_starts[i] == begin)
            {
                return i;
            }
        }

        return begin == _nameLength - 1 ? LabelCount : -1;
    }
}
