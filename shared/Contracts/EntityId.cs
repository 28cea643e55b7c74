using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Saas.Contracts;

/// <summary>
/// Prefixed, time-sortable ids: <c>prefix_</c> and a UUIDv7 (RFC 9562 §5.7) in 26 characters of lower-case Crockford
/// base 32. Two ids of one prefix sort by the millisecond they were made in.
/// </summary>
public static class EntityId
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int BodyLength = 26;

    private static readonly SearchValues<char> AlphabetSet = SearchValues.Create(Alphabet);

    public static string New(string prefix, TimeProvider time) =>
        string.Concat(prefix, "_", Encode(time is ISeededClock seeded ? Seeded(seeded, time.GetUtcNow()) : Guid.CreateVersion7(time.GetUtcNow())));

    /// <summary>The same id for the same arguments: for what two writers must not both make.</summary>
    /// <param name="at">Sorts it among the others of its prefix.</param>
    /// <param name="name">Of what the id is for; anything that tells it from all else.</param>
    public static string Of(string prefix, DateTimeOffset at, string name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(name), hash);
        var bytes = hash[..16];
        var random = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x0fffu;
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)at.ToUnixTimeMilliseconds() << 16) | 0x7000u | random);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return string.Concat(prefix, "_", Encode(new Guid(bytes, bigEndian: true)));
    }

    public static bool IsValid(string prefix, [NotNullWhen(true)] string? text)
    {
        if (text is null || text.Length != prefix.Length + 1 + BodyLength
            || !text.StartsWith(prefix, StringComparison.Ordinal) || text[prefix.Length] != '_')
        {
            return false;
        }

        // 26 characters hold 130 bits; the first may only use the lowest three of its five.
        return text[prefix.Length + 1] <= '7' && !text.AsSpan(prefix.Length + 1).ContainsAnyExcept(AlphabetSet);
    }

    /// <summary>The 26 characters behind the prefix.</summary>
    public static string Body(string id) => id[(id.IndexOf('_', StringComparison.Ordinal) + 1)..];

    private static Guid Seeded(ISeededClock clock, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        Span<byte> milliseconds = stackalloc byte[sizeof(long)];
        clock.Fill(bytes);
        BinaryPrimitives.WriteInt64BigEndian(milliseconds, now.ToUnixTimeMilliseconds());
        milliseconds[2..].CopyTo(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    private static string Encode(Guid guid)
    {
        Span<byte> bytes = stackalloc byte[16];
        guid.TryWriteBytes(bytes, bigEndian: true, out _);
        var value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return string.Create(BodyLength, value, static (text, bits) =>
        {
            for (var i = text.Length - 1; i >= 0; i--, bits >>= 5)
            {
                text[i] = Alphabet[(int)(bits & 31)];
            }
        });
    }
}

/// <summary>A clock that brings the random part of ids along: a simulation that is run again makes the same ones.</summary>
public interface ISeededClock
{
    /// <summary>Fills the bytes with what comes next from its seed.</summary>
    void Fill(Span<byte> random);
}
