namespace Saas.Scheduler.Core.Reconcile;

/// <summary>What users read as an allocation's desired description.</summary>
public static class Reasons
{
    public const string JobStopped = "job was stopped";
    public const string JobRemoved = "job was removed";
    public const string JobIsTemplate = "job is only a template for others";
    public const string GroupRemoved = "task group is not in the job any more";
    public const string CountLowered = "count of the task group was lowered";
    public const string Duplicate = "another allocation runs under the same name";
    public const string CompletedElsewhere = "another allocation of the same name has completed";
    public const string ReplacementStays = "its node is back, and its replacement stays";
    public const string OriginalStays = "the node of the allocation it replaced is back";
    public const string NewVersion = "job has a new version";
    public const string NodeUnsuitable = "node does not suit the new version";
    public const string CanaryNotPromoted = "canary was not promoted";
    public const string NodeDrained = "node is being drained";
    public const string Moved = "a user asked for it to be stopped";
    public const string WaitsForDrain = "node is being drained; waits for its turn";
    public const string FinishesFirst = "node is being drained; may finish until the deadline";
    public const string LastOnNode = "node is being drained; goes when all others have";
    public const string StaysInDrain = "node is being drained; system jobs stay";
    public const string NodeGone = "node is down";
    public const string NodeSilent = "node is silent and may come back";
    public const string NodeTakesNothingNew = "has an older version, and its node takes nothing new";
    public const string Ended = "has ended";
    public const string Stopping = "is stopping";
    public const string UpToDate = "runs as desired";
    public const string WaitsForRollOut = "has an older version; waits for the deployment";
    public const string History = "was replaced or is not wanted any more";
    public const string Missing = "";
    public const string Promoted = "canary was promoted";
    public const string Canary = "is a canary";
    public const string Replaced = "replaces a lost allocation";
    public const string ReplacesUnknown = "replaces an allocation whose node is silent";
    public const string Restarted = "replaces an allocation that ended";
    public const string Rescheduled = "replaces a failed allocation";
    public const string WaitsForDelay = "failed; waits for its reschedule delay";
    public const string NotRescheduled = "ended; what runs on each node is not rescheduled";
    public const string AttemptsUsedUp = "failed; its reschedule attempts are used up";
    public const string DeploymentFailed = "failed, and so has its deployment";
}
