using Saas.Cluster;
using Saas.Scheduler.Core.Model;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Cells;

/// <summary>All that is known of one job of the cell.</summary>
internal sealed class JobEntry(JobKey key)
{
    public JobKey Key => key;

    /// <summary>Null: there is no such row (any more).</summary>
    public Document<JobRecord>? Row { get; set; }

    public JobSpec? Spec { get; set; }

    /// <summary>The version before the present one, where a roll-out may have to keep it up; null: not asked for, or not kept.</summary>
    public JobSpec? Older { get; set; }

    /// <summary>
    /// Its row could not be read: nothing is known of what it wants, so nothing of it is changed until it can be.
    /// </summary>
    public bool IsUnreadable { get; set; }

    /// <summary>By id: in documents, and of those that left them the ones there are records of.</summary>
    public Dictionary<string, AllocationState> Allocations { get; } = [];

    /// <summary>In a document, but with a record that tells of an older version of the job, or of a canary before it was promoted.</summary>
    public HashSet<string> OutdatedRecords { get; } = [];

    /// <summary>Pending and blocked ones, by id.</summary>
    public SortedDictionary<string, Document<EvaluationRecord>> OpenEvaluations { get; } = new(StringComparer.Ordinal);

    /// <summary>The latest of the job; null: it has none.</summary>
    public Document<DeploymentRecord>? Deployment { get; set; }

    /// <summary>When to look again by itself.</summary>
    public DateTimeOffset? FollowUpAt { get; set; }
}
