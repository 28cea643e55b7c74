using System.Buffers.Binary;
using System.Text;

namespace Saas.Keys;

/// <summary>
/// Texts one after the other, each behind its length in UTF-8 bytes (4 bytes, big-endian): no two different lists give
/// the same bytes, wherever one text ends and the next begins.
/// </summary>
internal static class LengthPrefixed
{
    /// <summary>Enough for a table, a partition, a row and a domain at their longest, on the stack.</summary>
    public const int StackBytes = 1280;

    /// <summary>What was written, at the beginning of <paramref name="space"/>.</summary>
    /// <exception cref="ArgumentException">The texts do not fit; no keys of a store are that long.</exception>
    public static ReadOnlySpan<byte> Write(Span<byte> space, params ReadOnlySpan<string> texts)
    {
        var length = 0;
        foreach (var text in texts)
        {
            var bytes = Encoding.UTF8.GetByteCount(text);
            if (space.Length - length < 4 + bytes)
            {
                throw new ArgumentException("Longer than keys of a store are.", nameof(texts));
            }

            BinaryPrimitives.WriteInt32BigEndian(space[length..], bytes);
            length += 4 + Encoding.UTF8.GetBytes(text, space[(length + 4)..]);
        }

        return space[..length];
    }
}
