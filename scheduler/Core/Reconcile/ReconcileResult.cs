using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile.Deployments;

namespace Saas.Scheduler.Core.Reconcile;

/// <summary>
/// What should change about one job's allocations, before anybody asked where there is room. Every allocation of the
/// job is in exactly one of <see cref="Stop"/>, <see cref="InPlace"/>, <see cref="Lost"/>, <see cref="Disconnect"/>,
/// <see cref="Drop"/> and <see cref="Ignore"/>. What should run and does not is in one of <see cref="FollowUp"/>,
/// <see cref="GivenUp"/> and <see cref="Place"/>, unless it waits for its deployment or for its node. Each item says why.
/// </summary>
public sealed record ReconcileResult
{
    /// <summary>Run, and are to be told to stop. They keep their resources until they have stopped.</summary>
    public List<AllocationItem> Stop { get; } = [];

    /// <summary>
    /// Run, and get the job's present version without a restart. What was a canary is none from now on; a promoted one is
    /// here for that alone.
    /// </summary>
    public List<AllocationItem> InPlace { get; } = [];

    /// <summary>Were on a node that is gone: to be recorded as lost, then to leave the node's document.</summary>
    public List<AllocationItem> Lost { get; } = [];

    /// <summary>Are on a node that fell silent and may come back: to be recorded as unknown. They stay in the document.</summary>
    public List<AllocationItem> Disconnect { get; } = [];

    /// <summary>Have ended for good and still stand in their node's document: to leave it.</summary>
    public List<AllocationItem> Drop { get; } = [];

    /// <summary>Stay as they are.</summary>
    public List<AllocationItem> Ignore { get; } = [];

    /// <summary>Have failed, and will be replaced at a later time.</summary>
    public List<FollowUpItem> FollowUp { get; } = [];

    /// <summary>Have failed too often to be replaced. The name stays empty until the job changes.</summary>
    public List<AllocationItem> GivenUp { get; } = [];

    /// <summary>Should run now and do not: new allocations to find nodes for.</summary>
    public List<PlaceItem> Place { get; } = [];

    /// <summary>What becomes of the job's deployment; null: nothing changes about it. A new one has no id yet.</summary>
    public Deployment? Deployment { get; set; }

    /// <summary>A deployment of an older version that is over with this.</summary>
    public Deployment? SupersededDeployment { get; set; }

    /// <summary>
    /// The roll-out failed, and the last version that was well is to be submitted again. Set at every look until the job
    /// has a newer version, so that it is not forgotten by who dies before doing it.
    /// </summary>
    public bool Revert { get; set; }

    /// <summary>Other moments at which the job must be looked at again: deadlines of drains, deployments, silent nodes.</summary>
    public List<DateTimeOffset> WakeAt { get; } = [];

    /// <summary>When the job must be looked at again although nothing happened; null: never.</summary>
    public DateTimeOffset? FollowUpAt
    {
        get
        {
            DateTimeOffset? at = null;
            foreach (var item in FollowUp)
            {
                at = at is null || item.At < at ? item.At : at;
            }

            foreach (var wake in WakeAt)
            {
                at = at is null || wake < at ? wake : at;
            }

            return at;
        }
    }

    /// <summary>Whether there is something to commit apart from placements.</summary>
    public bool ChangesDocuments => Stop.Count + InPlace.Count + Lost.Count + Disconnect.Count + Drop.Count > 0;

    /// <summary>Whether a deployment's row is to be written.</summary>
    public bool ChangesDeployments => Deployment is not null || SupersededDeployment is not null;
}

public readonly record struct AllocationItem(AllocationState Allocation, string Reason)
{
    /// <summary>
    /// Of what is updated in place: it counts for the job's active deployment from now on, and whether it is well is to
    /// be found anew.
    /// </summary>
    public bool InDeployment { get; init; }
}

/// <param name="At">When the replacement may be placed.</param>
public readonly record struct FollowUpItem(AllocationState Allocation, DateTimeOffset At, string Reason);

/// <param name="Previous">The allocation it replaces; null for a first one.</param>
/// <param name="PenaltyNodes">Nodes it failed on before; null where it has not.</param>
public sealed record PlaceItem(
    GroupSpec Group, int Index, AllocationState? Previous, IReadOnlyList<string>? PenaltyNodes, string Reason)
{
    /// <summary>The version it shall run, where that is not the present one: a roll-out that stands still keeps up the old.</summary>
    public JobSpec? Older { get; init; }

    public bool Canary { get; init; }

    /// <summary>It counts for the job's active deployment.</summary>
    public bool InDeployment { get; init; }

    /// <summary>The only node it may go to (system jobs); null: any.</summary>
    public string? NodeId { get; init; }
}
