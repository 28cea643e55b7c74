using Saas.Scheduler.Core.Model;
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
    private readonly Dictionary<string, Shape> _shapes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Waiter> _jobs = new(StringComparer.Ordinal);
    private long _arrivals;

    public int Count => _jobs.Count;

    public bool Contains(string jobKey) => _jobs.ContainsKey(jobKey);

    /// <summary>What of the job waits now, instead of what did. It keeps its place in the queue.</summary>
    /// <param name="groups">Those that found no node. Empty: the job waits no more.</param>
    /// <param name="forQuota">The project's quota was in the way.</param>
    public void Set(JobSpec job, IReadOnlyList<GroupSpec> groups, bool forQuota)
    {
        var arrival = _jobs.TryGetValue(job.Key, out var before) ? before.Place.Arrival : _arrivals++;
        Remove(job.Key);
        if (groups.Count == 0)
        {
            return;
        }

        var place = new Place(-job.Priority, arrival, job.Key);
        var keys = new List<string>(groups.Count);
        foreach (var group in groups)
        {
            var key = PlacementShape.KeyOf(job, group);
            if (!_shapes.TryGetValue(key, out var shape))
            {
                shape = new Shape(job, group);
                _shapes.Add(key, shape);
            }

            shape.Waiting.Add(place);
            keys.Add(key);
        }

        _jobs.Add(job.Key, new Waiter(place, keys, job.ProjectId, forQuota));
    }

    public void Remove(string jobKey)
    {
        if (!_jobs.Remove(jobKey, out var waiter))
        {
            return;
        }

        foreach (var key in waiter.Shapes)
        {
            // Two groups of one shape name it twice.
            if (_shapes.TryGetValue(key, out var shape) && shape.Waiting.Remove(waiter.Place) && shape.Waiting.Count == 0)
            {
                _shapes.Remove(key);
            }
        }
    }

    /// <summary>Whom the room on a node could help.</summary>
    /// <param name="tried">Were woken for this room already; who is woken now is added.</param>
    public IReadOnlyList<string> WakeFor(string nodeId, HashSet<string> tried)
    {
        List<string>? woken = null;
        foreach (var shape in _shapes.Values)
        {
            var room = cluster.RoomFor(shape.Job, shape.Group, nodeId, shape.Waiting.Count);
            foreach (var place in shape.Waiting)
            {
                if (room == 0)
                {
                    break;
                }

                if (tried.Add(place.JobKey))
                {
                    (woken ??= []).Add(place.JobKey);
                    room--;
                }
            }
        }

        return woken ?? [];
    }

    /// <summary>Whom more of the project's quota could help.</summary>
    public IReadOnlyList<string> WakeForQuota(string projectId) =>
        [.. _jobs.Where(entry => entry.Value.ForQuota && entry.Value.ProjectId == projectId).Select(static entry => entry.Key)];

    /// <summary>Highest priority first, then who waits for longest.</summary>
    private readonly record struct Place(int Rank, long Arrival, string JobKey) : IComparable<Place>
    {
        public int CompareTo(Place other) => (Rank, Arrival).CompareTo((other.Rank, other.Arrival));
    }

    private sealed record Waiter(Place Place, List<string> Shapes, string ProjectId, bool ForQuota);

    private sealed record Shape(JobSpec Job, GroupSpec Group)
    {
        public SortedSet<Place> Waiting { get; } = [];
    }
}
