using Saas.LocalRegistry.Dns.Answers;
using Saas.LocalRegistry.Dns.Wire;

namespace Saas.LocalRegistry.Dns.Lookups;

/// <summary>How a lookup ended; what it found is in the reply.</summary>
internal enum LookupOutcome
{
    Found,

    /// <summary>There is the name, and nothing of the type that was asked for.</summary>
    NoData,

    NotFound,

    /// <summary>What is needed to answer is not known now.</summary>
    Failed,

    NotImplemented,
}

/// <summary>One question on its way through the lookups. Reused; not for concurrent use.</summary>
/// <param name="random">Of this context alone: it is not safe for concurrent use.</param>
internal sealed class LookupContext(Random random)
{
    private int[] _order = [];

    public Random Random { get; } = random;
    public DnsRequest Request { get; } = new();
    public DnsReply Reply { get; } = new();

    /// <summary>What an answer has already, by reference.</summary>
    public HashSet<object> Seen { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>The domain that was asked for, with the root's label.</summary>
    public byte[] Domain { get; set; } = [];

    /// <summary>Labels before the domain.</summary>
    public int LabelCount { get; set; }

    /// <summary>More answers than these would be left out for certain.</summary>
    public int MaxUseful { get; set; }

    /// <summary>The lookup may wait for the registry or a recursor: not too many do.</summary>
    public bool CanWait { get; set; }

    /// <summary>How many names that lead to names are still followed.</summary>
    public int AliasesLeft { get; set; }

    public DnsName InDomain(byte[] labels) => new(labels, Domain);

    public void Begin(bool canWait)
    {
        Reply.Reset();
        Seen.Clear();
        CanWait = canWait;
        AliasesLeft = AliasResolution.MaxDepth;
    }

    /// <summary>The numbers from 0 to below <paramref name="count"/> in order, to be shuffled. Valid until the next call.</summary>
    public Span<int> Numbers(int count)
    {
        if (_order.Length < count)
        {
            _order = new int[Math.Max(count, 2 * _order.Length)];
        }

        for (var i = 0; i < count; i++)
        {
            _order[i] = i;
        }

        return _order.AsSpan(0, count);
    }

    /// <summary>
    /// Draws the next of <see cref="Numbers"/>: one step of a Fisher-Yates shuffle, so that an answer of three out of a
    /// thousand costs three steps.
    /// </summary>
    public int Draw(int step, int count)
    {
        var other = Random.Next(step, count);
        (_order[step], _order[other]) = (_order[other], _order[step]);
        return _order[step];
    }
}
