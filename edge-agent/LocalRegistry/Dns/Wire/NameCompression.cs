namespace Saas.LocalRegistry.Dns.Wire;

/// <summary>
/// Where in a message which names were written, so that later ones end in a pointer to them (RFC 1035 §4.1.4). A hash table
/// of the suffixes' beginnings: searching the message would take, with each record, as long as all before together.
/// Reused; not for concurrent use.
/// </summary>
internal sealed class NameCompression
{
    private const int Slots = 1024;
    private const int MaxEntries = Slots / 2;
    private const int MaxPointer = 0x3FFF;

    private readonly int[] _stamps = new int[Slots];
    private readonly ushort[] _offsets = new ushort[Slots];
    private int _stamp = 1;
    private int _count;

    /// <summary>Forgets everything: another message begins.</summary>
    public void Clear()
    {
        _count = 0;
        if (++_stamp == int.MaxValue)
        {
            Array.Clear(_stamps);
            _stamp = 1;
        }
    }

    public static uint HashOf(ReadOnlySpan<byte> label, uint hashOfRest)
    {
        var hash = hashOfRest ^ 2166136261;
        foreach (var b in label)
        {
            hash = (hash ^ b) * 16777619;
        }

        return hash;
    }

    /// <summary>Notes that a name begins there; nothing happens where pointers do not reach, or with a full table.</summary>
    public void Add(uint hash, int offset)
    {
        if (offset > MaxPointer || _count >= MaxEntries)
        {
            return;
        }

        var slot = hash % Slots;
        while (_stamps[slot] == _stamp)
        {
            slot = (slot + 1) % Slots;
        }

        (_stamps[slot], _offsets[slot]) = (_stamp, (ushort)offset);
        _count++;
    }

    /// <returns>Where the very same name begins; -1: nowhere.</returns>
    public int Find(uint hash, ReadOnlySpan<byte> name, ReadOnlySpan<byte> message)
    {
        for (var slot = hash % Slots; _stamps[slot] == _stamp; slot = (slot + 1) % Slots)
        {
            if (IsAt(name, message, _offsets[slot]))
            {
                return _offsets[slot];
            }
        }

        return -1;
    }

    /// <summary>The message is ours: its pointers lead back and to whole names.</summary>
    private static bool IsAt(ReadOnlySpan<byte> name, ReadOnlySpan<byte> message, int at)
    {
        while (true)
        {
            int length = message[at];
            if (length > DnsName.MaxLabelBytes)
            {
                at = ((length & 0x3F) << 8) | message[at + 1];
                continue;
            }

            if (!message.Slice(at, length + 1).SequenceEqual(name[..Math.Min(length + 1, name.Length)]))
            {
                return false;
            }

            if (length == 0)
            {
                return true;
            }

            name = name[(length + 1)..];
            at += length + 1;
        }
    }
}
