namespace Saas.Keys;

/// <param name="Count">Values kept at once; the longest unused goes first.</param>
/// <param name="FreshFor">How long a value is used without asking its source whether it still holds.</param>
/// <param name="KeepFor">
/// How long a value stays in memory after it was loaded, however often it was seen to hold: then it is zeroed. A value
/// that nobody asks for may stay a quarter longer.
/// </param>
public sealed record SecretCacheLimits(int Count, TimeSpan FreshFor, TimeSpan KeepFor)
{
    /// <summary>A change on one instance is seen by every other within 5 s: 4 s here, the rest for the read itself.</summary>
    public static readonly TimeSpan SharedRowAge = TimeSpan.FromSeconds(4);
}

/// <summary>
/// Loads what the cache has not, or has not looked at for too long. Must return
/// <list type="number">
/// <item><paramref name="known"/> itself when it still holds (that is cheaper than making it anew), or</item>
/// <item>a new value, which from then on belongs to the cache.</item>
/// </list>
/// What it throws reaches everyone who waits for this load; nothing is cached then.
/// </summary>
/// <param name="known">What was cached before; null if nothing is, or it is too old to be kept. Never dispose it.</param>
/// <param name="ct">Not any caller's own: one load serves many.</param>
public delegate ValueTask<TValue> LoadSecret<in TKey, TValue>(TKey key, TValue? known, CancellationToken ct)
    where TValue : class;
