namespace Saas.LocalRegistry.Sync;

/// <summary>Doubling delays from half a second to 30 s, each shortened by up to half at random so that agents spread out.</summary>
/// <param name="random">In [0, 1).</param>
internal sealed class RetryDelay(Func<double> random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    /// <summary>What a server may ask for at most; beyond, we look whether it changed its mind.</summary>
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(10);

    private int _failures;

    public void Reset() => _failures = 0;

    /// <param name="asked">The server's Retry-After.</param>
    public TimeSpan Next(TimeSpan? asked)
    {
        var doubled = First * Math.Pow(2, Math.Min(_failures++, 10));
        var own = (doubled < Longest ? doubled : Longest) * (1 - random() / 2);
        return asked is { } wish ? (wish < LongestAsked ? wish : LongestAsked) + First * random() : own;
    }
}
