using Saas.Discovery.Model;

namespace Saas.LocalRegistry.Sync;

/// <summary>
/// What the registry was told of a check, and when it is told the next. Pure: no clock, no randomness of its own.
/// <para>
/// A change of the status goes out at once; a change of the output alone after a while, because nobody acts on it. A check
/// that flaps must not wake everybody who watches its service: every change of status that went out adds 1 to a score that
/// halves each minute. From <see cref="FlapScore"/> on, and until it is below <see cref="CalmScore"/>, a change for the
/// better is held until it has lasted for <see cref="Settle"/>. A change for the worse is never held, so what flaps is out
/// of discovery, not in it.
/// </para>
/// </summary>
internal sealed record PublishedCheck(HealthCheck Sent)
{
    /// <summary>Three failures and recoveries within a minute.</summary>
    public const double FlapScore = 5;

    public const double CalmScore = 1;

    public static readonly TimeSpan Settle = TimeSpan.FromSeconds(20);

    /// <summary>As of <see cref="ScoredAt"/>.</summary>
    private double Score { get; init; }

    private TimeSpan ScoredAt { get; init; }

    private bool WasFlapping { get; init; }

    /// <summary>What it is since then, other than <see cref="Sent"/>; null: as sent.</summary>
    private HealthCheck? Waiting { get; init; }

    /// <summary>When <see cref="Waiting"/> goes out; null: nothing waits.</summary>
    public TimeSpan? DueAt { get; private init; }

    /// <summary>Looks at the check as it is now. It is to be sent if <see cref="Sent"/> is another than before.</summary>
    /// <param name="now">On any clock that does not go back.</param>
    /// <param name="outputDelay">For how long a change of its output alone is held.</param>
    public PublishedCheck Look(HealthCheck check, TimeSpan now, Func<TimeSpan> outputDelay)
    {
        if (!SameBut(Sent, check, withState: false))
        {
            return Published(check, now);
        }

        if (Sent.Status != check.Status)
        {
            var isBetter = HealthStatus.Severity(check.Status) < HealthStatus.Severity(Sent.Status);
            if (!isBetter || !IsFlapping(Decayed(now)))
            {
                return Published(check, now);
            }

            var isSame = Waiting?.Status == check.Status;
            return isSame && DueAt <= now ? Published(check, now) : this with { Waiting = check, DueAt = isSame ? DueAt : now + Settle };
        }

        if (Sent.Output == check.Output)
        {
            return Waiting is null ? this : this with { Waiting = null, DueAt = null };
        }

        var wasOutput = Waiting is not null && Waiting.Status == check.Status;
        return wasOutput && DueAt <= now ? Published(check, now) : this with { Waiting = check, DueAt = wasOutput ? DueAt : now + outputDelay() };
    }

    /// <summary>The registry was told everything anew; how much the check flapped is not forgotten by that.</summary>
    public PublishedCheck Resent(HealthCheck check, TimeSpan now) => Sent.Status == check.Status
        ? this with { Sent = check, Waiting = null, DueAt = null }
        : Published(check, now);

    private PublishedCheck Published(HealthCheck check, TimeSpan now)
    {
        var score = Decayed(now) + (Sent.Status == check.Status ? 0 : 1);
        return new PublishedCheck(check) { Score = score, ScoredAt = now, WasFlapping = IsFlapping(score) };
    }

    private bool IsFlapping(double score) => score >= (WasFlapping ? CalmScore : FlapScore);

    private double Decayed(TimeSpan now) => Score * Math.Pow(0.5, (now - ScoredAt).TotalMinutes);

    public static bool SameBut(HealthCheck a, HealthCheck b, bool withState) =>
        a.CheckID == b.CheckID && a.Name == b.Name && a.Notes == b.Notes && a.ServiceID == b.ServiceID && a.ServiceName == b.ServiceName
        && a.ServiceTags.SequenceEqual(b.ServiceTags) && a.Type == b.Type && a.Interval == b.Interval && a.Timeout == b.Timeout
        && (!withState || a.Status == b.Status && a.Output == b.Output);
}
