using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Saas.Provisioning.Nomad.Blocking;

/// <summary>
/// The index that an answer is given. Its lower bits are a hash of the answer, its upper bits the second in which this
/// instance first gave it: so it rises from answer to answer, is far above every index of what is in it, fits into the
/// 53 bits that JavaScript has, and tells any instance, also one that was just started, whether the client has seen the
/// answer of now. An index that an instance counts by itself would be another one elsewhere: a client whose requests go
/// round several instances would be answered at once each time. The price: one change in four million looks like none,
/// and is seen with the next one or after the wait.
/// </summary>
internal static class AnswerIndex
{
    private const int HashBits = 22;
    private const long HashMask = (1L << HashBits) - 1;

    /// <summary>Seconds are counted from then on; there is room for 68 years.</summary>
    private static readonly DateTimeOffset Epoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static long HashOf(NomadReading reading)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(reading.Body.Span, hash);
        var bits = BinaryPrimitives.ReadInt64LittleEndian(hash);
        if (reading.NextToken is { } token)
        {
            SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
            bits ^= BinaryPrimitives.ReadInt64LittleEndian(hash);
        }

        return bits & HashMask;
    }

    /// <param name="after">The index before it; 0: none.</param>
    public static long Next(long hash, DateTimeOffset now, long after)
    {
        var seconds = Math.Max(1, (long)(now - Epoch).TotalSeconds);
        var last = after >> HashBits;
        if (seconds <= last)
        {
            seconds = hash > (after & HashMask) ? last : last + 1;
        }

        return (seconds << HashBits) | hash;
    }

    /// <summary>Whether both stand for the same answer.</summary>
    public static bool IsSame(long index, long other) => ((index ^ other) & HashMask) == 0;
}

/// <summary>Gives answers their indexes: the same as long as the answer stays, as far as it is remembered.</summary>
internal sealed class AnswerIndexes(TimeProvider time)
{
    private const int MaxRemembered = 20_000;

    private readonly ConcurrentDictionary<string, long> _last = new(StringComparer.Ordinal);

    public NomadAnswer Answer(string key, NomadReading reading)
    {
        if (_last.Count >= MaxRemembered)
        {
            // Answers get higher indexes than they need, nothing else.
            _last.Clear();
        }

        var hash = AnswerIndex.HashOf(reading);
        var index = _last.AddOrUpdate(
            key,
            static (_, argument) => AnswerIndex.Next(argument.hash, argument.now, 0),
            static (_, last, argument) => AnswerIndex.IsSame(last, argument.hash) ? last : AnswerIndex.Next(argument.hash, argument.now, last),
            (hash, now: time.GetUtcNow()));
        return new NomadAnswer(reading, index);
    }
}
