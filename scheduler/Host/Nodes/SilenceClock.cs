namespace Saas.Scheduler.Host.Nodes;

/// <summary>
/// How long each node has been silent, by this process' own monotonic clock. Only the change of a node's counter counts,
/// so the clocks of two machines are never compared; a new leader has heard nobody yet and grants everyone a full time
/// to live.
/// </summary>
internal sealed class SilenceClock(TimeProvider time)
{
    private readonly Dictionary<string, (long? Counter, long Since, bool HasSpoken)> _heard = [];

    /// <summary>Takes note of a node's counter as just read.</summary>
    /// <param name="counter">Null: it has none.</param>
    public void Observe(string nodeId, long? counter)
    {
        var isKnown = _heard.TryGetValue(nodeId, out var before);
        if (!isKnown || before.Counter != counter)
        {
            // The first reading tells where the counter stands, not that anybody moved it.
            _heard[nodeId] = (counter, time.GetTimestamp(), HasSpoken: isKnown);
        }
    }

    /// <summary>Whether its counter was seen to move within the last <paramref name="ttl"/>.</summary>
    public bool WasHeardWithin(string nodeId, TimeSpan ttl) =>
        _heard.TryGetValue(nodeId, out var heard) && heard.HasSpoken && time.GetElapsedTime(heard.Since) < ttl;

    /// <summary>Zero for a node never observed.</summary>
    public TimeSpan SilenceOf(string nodeId) =>
        _heard.TryGetValue(nodeId, out var heard) ? time.GetElapsedTime(heard.Since) : TimeSpan.Zero;
}
