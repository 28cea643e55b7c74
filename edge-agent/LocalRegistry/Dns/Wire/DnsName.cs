using System.Buffers.Binary;
using System.Text;

namespace Saas.LocalRegistry.Dns.Wire;

/// <summary>
/// A name of a record that is to be written. Default: the name that was asked for, which the writer points to.
/// </summary>
/// <param name="Labels">Length-prefixed labels; with the root's where there is no <paramref name="Domain"/>.</param>
/// <param name="Domain">What comes behind, with the root's label; null: nothing.</param>
internal readonly record struct DnsName(byte[]? Labels, byte[]? Domain)
{
    public const int MaxBytes = 255;
    public const int MaxLabelBytes = 63;

    public bool IsQuestion => Labels is null;

    /// <summary>The whole name without pointers; at most <see cref="MaxBytes"/>.</summary>
    /// <returns>The number of bytes written.</returns>
    public int CopyTo(Span<byte> target)
    {
        Labels.CopyTo(target);
        Domain?.CopyTo(target[Labels!.Length..]);
        return Labels!.Length + (Domain?.Length ?? 0);
    }

    /// <summary>Labels of a text with dots, without the root's.</summary>
    /// <returns>Null: an empty or too long label, or more than <paramref name="maxBytes"/>.</returns>
    public static byte[]? TryEncode(string text, int maxBytes = MaxBytes - 1)
    {
        // A name of more characters has more bytes, too.
        if (text.Length == 0 || text.Length > MaxBytes)
        {
            return null;
        }

        var wire = new List<byte>(text.Length + 1);
        foreach (var label in text.Split('.'))
        {
            var bytes = Encoding.UTF8.GetBytes(label);
            if (bytes.Length is 0 or > MaxLabelBytes)
            {
                return null;
            }

            wire.Add((byte)bytes.Length);
            wire.AddRange(bytes);
        }

        return wire.Count > maxBytes ? null : [.. wire];
    }

    /// <summary>A whole name with the root's label; a dot at the end is as none.</summary>
    /// <returns>Null: as <see cref="TryEncode"/>.</returns>
    public static byte[]? TryEncodeWhole(string text) => TryEncode(text.EndsWith('.') ? text[..^1] : text) is { } labels ? [.. labels, 0] : null;

    public static bool SameIgnoringCase(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => Ascii.EqualsIgnoreCase(a, b) || SameBytes(a, b);

    /// <summary>For names with bytes that are not ASCII, which <see cref="Ascii"/> never calls equal.</summary>
    private static bool SameBytes(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (a.Length != b.Length)
        {
            return false;
        }

        for (var i = 0; i < a.Length; i++)
        {
            if (ToLower(a[i]) != ToLower(b[i]))
            {
                return false;
            }
        }

        return true;
    }

    public static byte ToLower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
}

/// <summary>Names in a message that somebody sent. RFC 1035 §4.1.4.</summary>
internal static class NameReader
{
    private const int PointerBits = 0xC0;

    /// <summary>
    /// Reads a name without its pointers. Each pointer must lead further back than where the name, or the part it was
    /// pointed to, began: so there is no loop and no way forward.
    /// </summary>
    /// <param name="offset">Where it begins; then behind it.</param>
    /// <param name="name">Takes it, with the root's label; of <see cref="DnsName.MaxBytes"/> bytes.</param>
    /// <returns>False: it is cut off, too long, or its pointers or lengths are not allowed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int offset, Span<byte> name, out int length)
    {
        length = 0;
        var at = offset;
        var floor = offset;
        var isBehindPointer = false;
        while (at < message.Length)
        {
            int label = message[at];
            if ((label & PointerBits) == PointerBits)
            {
                if (at + 2 > message.Length)
                {
                    return false;
                }

                var target = BinaryPrimitives.ReadUInt16BigEndian(message[at..]) & 0x3FFF;
                if (target < DnsHeader.Bytes || target >= floor)
                {
                    return false;
                }

                offset = isBehindPointer ? offset : at + 2;
                (isBehindPointer, floor, at) = (true, target, target);
                continue;
            }

            if (label > DnsName.MaxLabelBytes || at + 1 + label > message.Length || length + 1 + label > name.Length)
            {
                return false;
            }

            message.Slice(at, label + 1).CopyTo(name[length..]);
            length += label + 1;
            at += label + 1;
            if (label == 0)
            {
                offset = isBehindPointer ? offset : at;
                return true;
            }
        }

        return false;
    }
}
