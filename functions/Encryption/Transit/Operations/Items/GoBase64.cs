using System.Buffers;
using System.Buffers.Text;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>
/// Base 64 as Go's decoder takes it, which Vault's errors name: standard alphabet, padding required, line breaks
/// skipped, unused low bits ignored; a fault is the index of the first byte that cannot be.
/// </summary>
internal static class GoBase64
{
    /// <summary>Bytes enough for whatever the text decodes to.</summary>
    public static int MaxDecodedLength(int textLength) => ((textLength + 3) / 4) * 3;

    /// <param name="faultAt">Index in the text; only meaningful when it fails.</param>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> destination, out int written, out int faultAt)
    {
        faultAt = 0;
        return (Base64.DecodeFromUtf8(text, destination, out var consumed, out written) == OperationStatus.Done && consumed == text.Length)
            || TryDecodeSlowly(text, destination, out written, out faultAt);
    }

    /// <summary>Unpadded and URL-safe, as JWS has it.</summary>
    public static bool TryDecodeUrl(ReadOnlySpan<byte> text, Span<byte> destination, out int written)
    {
        written = 0;
        return !text.ContainsAny((byte)'=', (byte)' ', (byte)'\t')
            && Base64Url.DecodeFromUtf8(text, destination, out var consumed, out written) == OperationStatus.Done && consumed == text.Length;
    }

    private static bool TryDecodeSlowly(ReadOnlySpan<byte> text, Span<byte> destination, out int written, out int faultAt)
    {
        (written, faultAt) = (0, 0);
        var (digits, quantum) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            var next = text[i];
            if (IsLineBreak(next))
            {
                continue;
            }

            var value = Value(next);
            if (value >= 0)
            {
                quantum = (quantum << 6) | value;
                if (++digits == 4)
                {
                    destination[written++] = (byte)(quantum >> 16);
                    destination[written++] = (byte)(quantum >> 8);
                    destination[written++] = (byte)quantum;
                    (digits, quantum) = (0, 0);
                }

                continue;
            }

            if (next != '=' || digits < 2)
            {
                faultAt = i;
                return false;
            }

            return IsEndOfPadding(text, i, digits, ref faultAt) && WriteRest(digits, quantum, destination, ref written);
        }

        // Go names the beginning of a group that the text ends within.
        faultAt = text.Length - digits;
        return digits == 0;
    }

    /// <param name="at">Of the first padding byte.</param>
    private static bool IsEndOfPadding(ReadOnlySpan<byte> text, int at, int digits, ref int faultAt)
    {
        var next = SkipLineBreaks(text, at + 1);
        if (digits == 2)
        {
            if (next == text.Length || text[next] != '=')
            {
                faultAt = next == text.Length ? next : next - 1;
                return false;
            }

            next = SkipLineBreaks(text, next + 1);
        }

        faultAt = next;
        return next == text.Length;
    }

    private static bool WriteRest(int digits, int quantum, Span<byte> destination, ref int written)
    {
        quantum <<= 6 * (4 - digits);
        destination[written++] = (byte)(quantum >> 16);
        if (digits == 3)
        {
            destination[written++] = (byte)(quantum >> 8);
        }

        return true;
    }

    private static int SkipLineBreaks(ReadOnlySpan<byte> text, int at)
    {
        while (at < text.Length && IsLineBreak(text[at]))
        {
            at++;
        }

        return at;
    }

    private static bool IsLineBreak(byte value) => value is (byte)'\r' or (byte)'\n';

    private static int Value(byte digit) => digit switch
    {
        >= (byte)'A' and <= (byte)'Z' => digit - 'A',
        >= (byte)'a' and <= (byte)'z' => digit - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => digit - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };
}
