using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Core.Reconcile;
using Saas.Scheduler.Core.Selection;

namespace Saas.Scheduler.Core.Waiting;

/// <summary>
/// Jobs of which something found no room, and what would help them. Naive is to look at all of them whenever something
/// ends anywhere: ten thousand waiting jobs, for room that one can have. Here they wait by shape: when a node changed, each
/// shape is asked once whether the node has room for it now, and only so many of its jobs are woken as the room suffices
/// for, the highest priorities first. Who is woken and finds nothing leaves the room to the next (see <c>tried</c>).
/// Not safe for concurrent use.
/// </summary>
public sealed class BlockedJobs(Cluster cluster)
{
    private readonly Dictionary<(string Key, JobKind Kind), Shape> _shapes = [];
    private readonly Dictionary<string, Waiter> _jobs = new(StringComparer.Ordinal);
    private long _arrivals;

    public int Count => _jobs.Count;

    /// <summary>Jobs that may take the room of lower priorities: for them there is more room wherever such a one goes.</summary>
    public IReadOnlyList<string> Preempting =>
        [.. _jobs.Where(entry => cluster.Settings.MayPreempt(entry.Value.Kind)).Select(static entry => entry.Key)];

    public bool Contains(string jobKey) => _jobs.ContainsKey(jobKey);

    /// <summary>What of the job waits now, instead of what did. It keeps its place in the queue.</summary>
    /// <param name="missing">What found no node. Empty: the job waits no more.</param>
    /// <param name="forQuota">The project's quota was in the way.</param>
    public void Set(JobSpec job, IReadOnlyList<PlaceItem> missing, bool forQuota)
    {
        var arrival = _jobs.TryGetValue(job.Key, out var before) ? before.Place.Arrival : _arrivals++;
        Remove(job.Key);
        if (missing.Count == 0)
        {
            return;
        }

        var waiter = new Waiter(new WaitingPlace(-job.Priority, arrival, job.Key), job.Kind, job.ProjectId) { ForQuota = forQuota };
        PlaceItem? last = null;
        foreach (var item in missing)
        {
            // Mostly of the same group as the one before.
            if (item.NodeId is null && ReferenceEquals(item.Group, last?.Group) && ReferenceEquals(item.Older, last?.Older))
            {
                continue;
            }

            last = item;
            Add(waiter, item.Older is null ? job : item.Older with { Priority = job.Priority }, item);
        }

        _jobs.Add(job.Key, waiter);
    }

    public void Remove(string jobKey)
    {
        if (!_jobs.Remove(jobKey, out var waiter))
        {
            return;
        }

        foreach (var key in waiter.Asks.Keys)
        {
            _shapes[key].Waiting.Remove(waiter.Place);
            if (_shapes[key].Waiting.Count == 0)
            {
                _shapes.Remove(key);
            }
        }
    }

    /// <summary>Whom the room on a node could help.</summary>
    /// <param name="tried">Were woken for this room already; who is woken now is added.</param>
    public IReadOnlyList<string> WakeFor(string nodeId, TriedJobs tried)
    {
        List<string>? woken = null;
        foreach (var (key, shape) in _shapes)
        {
            if (!shape.Waiting.HasUntried(tried))
            {
                continue;
            }

            var room = cluster.RoomFor(shape.Job, shape.Group, nodeId, shape.Waiting.Count);
            var isPushed = !cluster.Settings.MayPreempt(key.Kind);
            foreach (var place in shape.Waiting.Untried(tried))
            {
                if (room == 0 && isPushed)
                {
                    break;
                }

                var waiter = _jobs[place.JobKey];
                var ask = waiter.Asks[key];
                if (tried.Contains(place.JobKey) || ask.Nodes?.Contains(nodeId) is false || WaitsForQuota(waiter, ask))
                {
                    continue;
                }

                if (room > 0)
                {
                    room--;
                }
                else
                {
                    // One at a time: who was pushed away, and whether for this one, is known afterwards. Where the highest
                    // priority could not push anybody, no other can.
                    isPushed = true;
                    if (!PreemptibleRoom.Suffices(cluster, ask.Job, ask.Group, nodeId))
                    {
                        break;
                    }
                }

                tried.Add(place.JobKey);
                (woken ??= []).Add(place.JobKey);
            }
        }

        return woken ?? [];
    }

    /// <summary>Whom it helps that more of the project's quota is free, or that the quota is another one.</summary>
    public IReadOnlyList<string> WakeForQuota(string projectId) =>
    [
        .. _jobs.Where(entry => entry.Value.ForQuota && entry.Value.ProjectId == projectId
            && entry.Value.Asks.Values.Any(ask => cluster.Quotas.Lacks(projectId, ask.Group.Ask) is null)).Select(static entry => entry.Key),
    ];

    /// <summary>Whom it could help that jobs of a type may take the room of lower priorities from now on.</summary>
    public IReadOnlyList<string> WakeForPreemption(JobKind kind) =>
        [.. _jobs.Where(entry => entry.Value.Kind == kind).Select(static entry => entry.Key)];

    private void Add(Waiter waiter, JobSpec version, PlaceItem item)
    {
        var key = (PlacementShape.KeyOf(version, item.Group), waiter.Kind);
        if (!waiter.Asks.TryGetValue(key, out var ask))
        {
            ask = new Ask(version, item.Group, item.NodeId is null ? null : []);
            waiter.Asks.Add(key, ask);
            if (!_shapes.TryGetValue(key, out var shape))
            {
                shape = new Shape(version, item.Group);
                _shapes.Add(key, shape);
            }

            shape.Waiting.Add(waiter.Place);
        }

        if (item.NodeId is { } nodeId)
        {
            ask.Nodes!.Add(nodeId);
        }
    }

    /// <summary>No room helps it before its project's quota has some. From now on it waits for that.</summary>
    private bool WaitsForQuota(Waiter waiter, Ask ask)
    {
        if (cluster.Quotas.Lacks(waiter.ProjectId, ask.Group.Ask) is null)
        {
            return false;
        }

        waiter.ForQuota = true;
        return true;
    }

    private sealed record Waiter(WaitingPlace Place, JobKind Kind, string ProjectId)
    {
        /// <summary>By shape; two groups may have one.</summary>
        public Dictionary<(string Key, JobKind Kind), Ask> Asks { get; } = [];

        public bool ForQuota { get; set; }
    }

    /// <param name="Job">The version to be placed.</param>
    /// <param name="Nodes">The only nodes it could be on (system jobs); null: any.</param>
    private sealed record Ask(JobSpec Job, GroupSpec Group, HashSet<string>? Nodes);

    private sealed record Shape(JobSpec Job, GroupSpec Group)
    {
        public WaitingQueue Waiting { get; } = new();
    }
}
