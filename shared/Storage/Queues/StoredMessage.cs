using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Saas.Storage.Queues;

/// <summary>
/// How a message lies in the store. Its row key begins with the instant from which it may be received (ticks, 16
/// hexadecimal digits) and the sender's count (8 digits, for messages of one tick), so the first rows of the partition
/// are what can be received now, oldest first, and locking a message is moving it to the end of its lock.
/// <code>
/// value of a message:       1 | enqueued at (ticks, 8 bytes) | deliveries (4 bytes) | body
/// value of a dead letter:   1 | set aside at (ticks, 8 bytes) | length of the reason (4 bytes) | reason, UTF-8 | body
/// </code>
/// Numbers are big-endian; the first byte is the version of the format.
/// </summary>
internal sealed record StoredMessage(string Id, DateTimeOffset EnqueuedAt, int Deliveries, ReadOnlyMemory<byte> Body)
{
    private const byte Version = 1;
    private const int HeaderBytes = 13;
    private const int TickDigits = 16;
    private const int CountDigits = 8;

    public const string ReadyPrefix = "m|";
    public const string DeadPrefix = "x|";

    /// <param name="count">Only of a message just sent; what was moved has 0.</param>
    public static string Key(string prefix, long ticks, string id, uint count = 0) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}{ticks:x16}{count:x8}|{id}");

    public static long TicksOf(string key) =>
        long.Parse(key.AsSpan(ReadyPrefix.Length, TickDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    public static StoredMessage Read(string key, ReadOnlyMemory<byte> value)
    {
        CheckVersion(value.Span);
        return new StoredMessage(
            IdOf(key),
            new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(value.Span[1..]), TimeSpan.Zero),
            BinaryPrimitives.ReadInt32BigEndian(value.Span[9..]),
            value[HeaderBytes..]);
    }

    public byte[] Write() => Write(EnqueuedAt, Deliveries, [], Body.Span);

    public static byte[] WriteDead(DateTimeOffset at, string reason, ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetBytes(reason);
        return Write(at, text.Length, text, body);
    }

    public static DeadLetter ReadDead(string key, ReadOnlyMemory<byte> value)
    {
        CheckVersion(value.Span);
        var reasonBytes = BinaryPrimitives.ReadInt32BigEndian(value.Span[9..]);
        return new DeadLetter(
            IdOf(key),
            value[(HeaderBytes + reasonBytes)..],
            Encoding.UTF8.GetString(value.Span.Slice(HeaderBytes, reasonBytes)),
            new DateTimeOffset(BinaryPrimitives.ReadInt64BigEndian(value.Span[1..]), TimeSpan.Zero));
    }

    private static byte[] Write(DateTimeOffset at, int number, ReadOnlySpan<byte> text, ReadOnlySpan<byte> body)
    {
        var value = new byte[HeaderBytes + text.Length + body.Length];
        value[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(1), at.UtcTicks);
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(9), number);
        text.CopyTo(value.AsSpan(HeaderBytes));
        body.CopyTo(value.AsSpan(HeaderBytes + text.Length));
        return value;
    }

    private static string IdOf(string key) => key[(ReadyPrefix.Length + TickDigits + CountDigits + 1)..];

    private static void CheckVersion(ReadOnlySpan<byte> value)
    {
        if (value.Length < HeaderBytes || value[0] != Version)
        {
            throw new InvalidDataException("A queue holds a message of a format this version does not know.");
        }
    }
}

/// <summary>Where a locked message lies and with which ETag: who holds both holds the lock.</summary>
internal readonly record struct LockToken(long Ticks, string ETag)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Ticks:x16}|{ETag}");

    /// <exception cref="ArgumentException">Not a token of this queue.</exception>
    public static LockToken Parse(string text)
    {
        if (text.Length > 17 && text[16] == '|'
            && long.TryParse(text.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var ticks))
        {
            return new LockToken(ticks, text[17..]);
        }

        throw new ArgumentException("Not a lock token of this queue.", nameof(text));
    }
}
