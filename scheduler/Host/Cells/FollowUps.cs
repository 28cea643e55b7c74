namespace Saas.Scheduler.Host.Cells;

/// <summary>Jobs to be looked at at a later time, the earliest first. A job has one such time; setting it anew replaces it.</summary>
internal sealed class FollowUps
{
    private readonly PriorityQueue<JobEntry, DateTimeOffset> _queue = new();

    /// <summary>When the first is due; null: none waits.</summary>
    public DateTimeOffset? Next
    {
        get
        {
            while (_queue.TryPeek(out var job, out var at))
            {
                if (job.FollowUpAt == at)
                {
                    return at;
                }

                _queue.Dequeue();
            }

            return null;
        }
    }

    public void Set(JobEntry job, DateTimeOffset? at)
    {
        if (job.FollowUpAt != at)
        {
            job.FollowUpAt = at;
            if (at is { } time)
            {
                _queue.Enqueue(job, time);
            }
        }
    }

    /// <summary>Takes those that are due.</summary>
    public IEnumerable<JobKey> TakeDue(DateTimeOffset now)
    {
        while (Next is { } at && at <= now)
        {
            var job = _queue.Dequeue();
            job.FollowUpAt = null;
            yield return job.Key;
        }
    }
}
