namespace Saas.Registry.Tests.Linearizability;

/// <summary>
/// Looks for an order in which the calls of a history, each at one moment between its call and its return, give what their
/// clients heard. The search is Wing and Gong's ("Testing and Verifying Concurrent Objects", 1993) with Lowe's memory of
/// what was tried already: the set of calls done and the state they led to.
/// </summary>
internal static class LinearizabilityChecker
{
    /// <summary>A search that takes longer is given up, which is no proof of anything.</summary>
    private const int MaxSteps = 20_000_000;

    /// <returns>Null: there is such an order. Else where the longest attempt got stuck.</returns>
    /// <exception cref="InvalidOperationException">The search was given up.</exception>
    public static string? Violation(History history)
    {
        var ops = history.Ops;
        var (calls, returns) = (new Entry[ops.Count], new Entry[ops.Count]);
        var head = Link(ops, calls, returns);
        var (done, state) = (new BitSet(ops.Count), KeyGroup.Empty);
        var tried = new HashSet<(BitSet, KeyGroup)>();
        var way = new Stack<(Entry Entry, KeyGroup Before)>();
        var entry = head.Next;
        var longest = 0;
        var stuck = "";
        for (var steps = 0; head.Next is not null; steps++)
        {
            if (steps > MaxSteps)
            {
                throw new InvalidOperationException($"Given up after {MaxSteps} steps with {way.Count} of {ops.Count} calls in order.");
            }

            if (entry!.IsCall)
            {
                if (state.TryStep(ops[entry.Op], history, out var next) && tried.Add((done.With(entry.Op), next)))
                {
                    way.Push((entry, state));
                    (state, done) = (next, done.With(entry.Op));
                    Unlink(entry, returns[entry.Op]);
                    entry = head.Next;
                }
                else
                {
                    entry = entry.Next;
                }

                continue;
            }

            if (way.Count >= longest)
            {
                (longest, stuck) = (way.Count, $"After {way.Count} of {ops.Count} calls, in state {state}, there is no place for {ops[entry.Op]}");
            }

            if (!way.TryPop(out var last))
            {
                return stuck;
            }

            (state, done) = (last.Before, done.Without(last.Entry.Op));
            Relink(last.Entry, returns[last.Entry.Op]);
            entry = last.Entry.Next;
        }

        return null;
    }

    /// <summary>All calls and returns in order of time; what is unknown returns behind all others.</summary>
    private static Entry Link(IReadOnlyList<Op> ops, Entry[] calls, Entry[] returns)
    {
        for (var i = 0; i < ops.Count; i++)
        {
            (calls[i], returns[i]) = (new Entry(i, true, ops[i].Call), new Entry(i, false, ops[i].Return));
        }

        // A call and a return at one tick are taken as at once.
        var last = new Entry(-1, false, 0);
        var head = last;
        foreach (var entry in calls.Concat(returns).OrderBy(e => e.At).ThenBy(e => !e.IsCall))
        {
            (last.Next, entry.Previous) = (entry, last);
            last = entry;
        }

        return head;
    }

    private static void Unlink(Entry call, Entry answer)
    {
        call.Previous!.Next = call.Next;
        call.Next!.Previous = call.Previous;
        answer.Previous!.Next = answer.Next;
        if (answer.Next is { } next)
        {
            next.Previous = answer.Previous;
        }
    }

    private static void Relink(Entry call, Entry answer)
    {
        answer.Previous!.Next = answer;
        if (answer.Next is { } next)
        {
            next.Previous = answer;
        }

        call.Previous!.Next = call;
        call.Next!.Previous = call;
    }

    private sealed class Entry(int op, bool isCall, long at)
    {
        public int Op => op;
        public bool IsCall => isCall;
        public long At => at;
        public Entry? Previous { get; set; }
        public Entry? Next { get; set; }
    }

    /// <summary>Immutable.</summary>
    private readonly struct BitSet : IEquatable<BitSet>
    {
        private readonly ulong[] _words;

        public BitSet(int count) => _words = new ulong[(count + 63) / 64];

        private BitSet(ulong[] words) => _words = words;

        public BitSet With(int bit)
        {
            var words = (ulong[])_words.Clone();
            words[bit / 64] |= 1UL << (bit % 64);
            return new BitSet(words);
        }

        public BitSet Without(int bit)
        {
            var words = (ulong[])_words.Clone();
            words[bit / 64] &= ~(1UL << (bit % 64));
            return new BitSet(words);
        }

        public bool Equals(BitSet other) => _words.AsSpan().SequenceEqual(other._words);

        public override bool Equals(object? obj) => obj is BitSet other && Equals(other);

        public override int GetHashCode()
        {
            var hash = new HashCode();
            foreach (var word in _words)
            {
                hash.Add(word);
            }

            return hash.ToHashCode();
        }
    }
}
