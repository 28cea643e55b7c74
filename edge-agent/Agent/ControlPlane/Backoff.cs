namespace Saas.EdgeAgent.ControlPlane;

/// <summary>Doubling delays from half a second to a minute, each shortened by up to half at random so that agents spread out.</summary>
/// <param name="random">In [0, 1).</param>
internal sealed class Backoff(Func<double> random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>What a server may ask for at most; beyond, we look whether it changed its mind.</summary>
    private static readonly TimeSpan LongestAsked = TimeSpan.FromMinutes(10);

    private int _failures;

    public void Reset() => _failures = 0;

    /// <param name="asked">The server's Retry-After.</param>
    public TimeSpan Next(TimeSpan? asked = null)
    {
        var doubled = First * Math.Pow(2, Math.Min(_failures++, 20));
        var own = (doubled < Longest ? doubled : Longest) * (1 - random() / 2);
        if (asked is not { } wish)
        {
            return own;
        }

        // Never earlier than asked, and not all at the same moment.
        return (wish < LongestAsked ? wish : LongestAsked) + First * random();
    }
}
