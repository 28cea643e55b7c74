using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Reconcile;

/// <summary>One look at one job: what every part of the reconciliation asks about, and where it puts what it decides.</summary>
internal sealed class JobLook
{
    private readonly INodes _nodes;
    private readonly EvaluationRequest _request;
    private Dictionary<string, AllocationState>? _byId;

    public JobLook(
        INodes nodes, DateTimeOffset now, Func<GroupSpec, AllocationState, bool> staysOn,
        Func<GroupSpec, NodeSpec, bool> suits, EvaluationRequest request)
    {
        (_nodes, Now, StaysOn, Suits, _request) = (nodes, now, staysOn, suits, request);
        Result.Ignore.EnsureCapacity(request.Allocations.Count);
    }

    public DateTimeOffset Now { get; }

    public Func<GroupSpec, AllocationState, bool> StaysOn { get; }

    public Func<GroupSpec, NodeSpec, bool> Suits { get; }

    public ReconcileResult Result { get; } = new();

    /// <summary>Not to be asked where the job was removed.</summary>
    public JobSpec Job => _request.Job!;

    public IEnumerable<NodeSpec> AllNodes => _nodes.All;

    public NodeSpec? NodeOf(AllocationState allocation) => _nodes.NodeOf(allocation);

    public bool HasOnlySystem(string nodeId) => _nodes.HasOnlySystem(nodeId);

    /// <summary>The version an allocation has, where it is the one before that is known; else null.</summary>
    public JobSpec? OlderOf(AllocationState allocation) =>
        _request.Older is { } older && older.Version == allocation.JobVersion && older.Version != Job.Version ? older : null;

    public void WakeAt(DateTimeOffset? at)
    {
        if (at > Now && !Result.WakeAt.Contains(at.Value))
        {
            Result.WakeAt.Add(at.Value);
        }
    }

    /// <summary>Takes an allocation that no name asks for out of the way, whatever state it is in.</summary>
    public void Dismiss(AllocationState allocation, string reason)
    {
        if (!allocation.Assigned)
        {
            Result.Ignore.Add(new AllocationItem(allocation, Reasons.History));
        }
        else if (allocation.IsTerminal)
        {
            Result.Drop.Add(new AllocationItem(allocation, Reasons.Ended));
        }
        else if (Outage.IsSilent(NodeOf(allocation)))
        {
            Result.Lost.Add(new AllocationItem(allocation, Reasons.NodeGone));
        }
        else if (allocation.Stopping)
        {
            Result.Ignore.Add(new AllocationItem(allocation, Reasons.Stopping));
        }
        else
        {
            Result.Stop.Add(new AllocationItem(allocation, reason));
        }
    }

    /// <summary>Applies the reschedule policy to what ended by itself.</summary>
    /// <returns>
    /// A replacement is due: where it should rather not go. Null: it is not, and the result says when it will be, or that
    /// it never will.
    /// </returns>
    public IReadOnlyList<string>? DueReplacement(AllocationState ended, RescheduleRule rule)
    {
        var decision = RescheduleDecision.Of(ended, rule, _byId ??= IndexById());
        if (decision.At is null)
        {
            Result.GivenUp.Add(new AllocationItem(ended, Reasons.AttemptsUsedUp));
            return null;
        }

        if (decision.At > Now)
        {
            Result.FollowUp.Add(new FollowUpItem(ended, decision.At.Value, Reasons.WaitsForDelay));
            return null;
        }

        return decision.PenaltyNodes;
    }

    private Dictionary<string, AllocationState> IndexById()
    {
        var byId = new Dictionary<string, AllocationState>(_request.Allocations.Count);
        foreach (var allocation in _request.Allocations)
        {
            byId[allocation.Id] = allocation;
        }

        return byId;
    }
}
