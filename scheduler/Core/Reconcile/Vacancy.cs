using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Reconcile;

/// <summary>Why nothing runs under a name.</summary>
internal enum VacancyCause
{
    /// <summary>Nothing ever did.</summary>
    New,

    /// <summary>What did has completed, as it was meant to.</summary>
    Completed,

    /// <summary>What did failed, or completed and was not meant to.</summary>
    Ended,

    /// <summary>What did was told to stop, by a new version, a drain or a user.</summary>
    Stopped,

    /// <summary>What did was lost, is unknown, or gave way to a job of higher priority.</summary>
    Taken,
}

/// <summary>A name that nothing runs under.</summary>
/// <param name="Latest">What did last; null: nothing ever did.</param>
internal readonly record struct Vacancy(int Index, AllocationState? Latest)
{
    public VacancyCause Cause(JobSpec job) => Latest switch
    {
        null => VacancyCause.New,
        { Evicted: true } => VacancyCause.Taken,
        { Stopping: true } => VacancyCause.Stopped,
        { Run: RunState.Complete } when job.RunsOnce => VacancyCause.Completed,
        { Run: RunState.Complete or RunState.Failed } => VacancyCause.Ended,
        _ => VacancyCause.Taken,
    };

    /// <summary>
    /// It was lost with a node that may come back, and the group wants it to wait for that; or where it may still run, until
    /// its agent has stopped it. What is known to have ended was not lost, also where its node was heard of it before it was
    /// heard itself.
    /// </summary>
    public bool WaitsForNode(JobLook look, GroupSpec group)
    {
        if (Latest is not { Run: not (RunState.Complete or RunState.Failed) } latest || look.NodeOf(latest) is not { } node || !Outage.IsSilent(node))
        {
            return false;
        }

        // As its agent was told: by the version it has, where that is kept up.
        var own = look.OlderOf(latest)?.Groups.FirstOrDefault(older => older.Name == group.Name) ?? group;
        var until = node.SilentSince + own.StopsAfter;
        look.WakeAt(until);
        return until > look.Now || (group.StaysLost && !latest.Evicted && Outage.MayReturn(node));
    }

    public static string ReasonToPlace(VacancyCause cause, AllocationState? latest) => cause switch
    {
        VacancyCause.Taken when latest is { IsLive: true, Run: RunState.Unknown } => Reasons.ReplacesUnknown,
        VacancyCause.Taken => Reasons.Replaced,
        VacancyCause.Ended => latest is { Run: RunState.Failed } ? Reasons.Rescheduled : Reasons.Restarted,
        _ => Reasons.Missing,
    };
}
