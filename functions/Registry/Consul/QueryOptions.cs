using System.Globalization;
using Microsoft.AspNetCore.Http;
using Saas.Discovery;

namespace Saas.Registry.Consul;

internal enum Consistency
{
    /// <summary>Sees every acknowledged write: as strong here as <see cref="Consistent"/>, and as cheap.</summary>
    Default,
    Consistent,

    /// <summary>What the replica has, if that is at most a second old (or <c>max_stale</c>, if that is less).</summary>
    Stale,
}

/// <summary>What every reading endpoint takes in its query.</summary>
/// <param name="Index">The last index seen; 0: answer at once.</param>
/// <param name="Wait">How long to wait for a newer one, jitter included.</param>
internal readonly record struct QueryOptions(ulong Index, TimeSpan Wait, Consistency Consistency, TimeSpan MaxStale)
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan DefaultStale = TimeSpan.FromSeconds(1);

    /// <summary>Of the wait: what is added at random so that watchers do not all come back at once.</summary>
    private const int JitterFraction = 16;

    /// <exception cref="RegistryException">400, with Consul's text.</exception>
    public static QueryOptions Of(IQueryCollection query, Random random)
    {
        var index = 0UL;
        if (query.TryGetValue("index", out var given) && given[0] is { Length: > 0 } text
            && !ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index))
        {
            throw RegistryException.BadRequest("Invalid index");
        }

        var wait = DefaultWait;
        if (query.TryGetValue("wait", out given) && given[0] is { Length: > 0 } duration && !GoDuration.TryParse(duration, out wait))
        {
            throw RegistryException.BadRequest("Invalid wait time");
        }

        wait = wait <= TimeSpan.Zero ? DefaultWait : wait > MaxWait ? MaxWait : wait;
        var (isStale, isConsistent) = (query.ContainsKey("stale") || query.ContainsKey("cached"), query.ContainsKey("consistent"));
        if (isStale && isConsistent)
        {
            throw RegistryException.BadRequest("Cannot specify ?stale with ?consistent, conflicting semantics.");
        }

        var stale = DefaultStale;
        if (query.TryGetValue("max_stale", out given) && given[0] is { Length: > 0 } most)
        {
            if (!GoDuration.TryParse(most, out stale))
            {
                throw RegistryException.BadRequest($"Invalid max_stale value \"{(most.Length > 64 ? most[..64] : most)}\"");
            }

            stale = stale < DefaultStale ? stale : DefaultStale;
        }

        return new QueryOptions(
            index,
            index == 0 ? TimeSpan.Zero : wait + (wait / JitterFraction * random.NextDouble()),
            isStale ? Consistency.Stale : isConsistent ? Consistency.Consistent : Consistency.Default,
            stale);
    }
}
