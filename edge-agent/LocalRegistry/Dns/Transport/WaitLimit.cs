namespace Saas.LocalRegistry.Dns.Transport;

/// <summary>How many questions wait for others at a time, over all transports. Safe for concurrent use.</summary>
internal sealed class WaitLimit(int most)
{
    private int _waiting;

    public bool HasRoom => Volatile.Read(ref _waiting) < most;

    /// <summary>One more waits. Whoever saw room at the same time may all come in: the limit is for load, not exact.</summary>
    public void Enter() => Interlocked.Increment(ref _waiting);

    public void Leave() => Interlocked.Decrement(ref _waiting);
}

/// <summary>Each exchange draws from a generator of its own: they are not safe for concurrent use. This one is.</summary>
internal sealed class RandomSource(Random seeds)
{
    public Random Next()
    {
        lock (seeds)
        {
            return new Random(seeds.Next());
        }
    }
}
