namespace Saas.Scheduler.Core.Reconcile;

/// <summary>What users read as an allocation's desired description.</summary>
public static class Reasons
{
    public const string JobStopped = "job was stopped";
    public const string JobRemoved = "job was removed";
    public const string GroupRemoved = "task group is not in the job any more";
    public const string CountLowered = "count of the task group was lowered";
    public const string Duplicate = "another allocation runs under the same name";
    public const string NewVersion = "job has a new version";
    public const string NodeUnsuitable = "node does not suit the new version";
    public const string NodeGone = "node is down";
    public const string Ended = "has ended";
    public const string Stopping = "is stopping";
    public const string UpToDate = "runs as desired";
    public const string Completed = "has completed and is not run again";
    public const string History = "was replaced or is not wanted any more";
    public const string Missing = "";
    public const string Replaced = "replaces a lost allocation";
    public const string Restarted = "replaces an allocation that ended";
    public const string Rescheduled = "replaces a failed allocation";
    public const string WaitsForDelay = "failed; waits for its reschedule delay";
    public const string AttemptsUsedUp = "failed; its reschedule attempts are used up";
}
