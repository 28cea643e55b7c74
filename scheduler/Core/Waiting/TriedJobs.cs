namespace Saas.Scheduler.Core.Waiting;

/// <summary>Jobs that have been looked at since there was room which nobody knew before: it is not offered to them again.</summary>
public sealed class TriedJobs
{
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);

    /// <summary>Rises when jobs are taken out again: what was tried once is mostly tried still.</summary>
    internal int Era { get; private set; }

    public void Add(string jobKey) => _keys.Add(jobKey);

    public bool Contains(string jobKey) => _keys.Contains(jobKey);

    /// <summary>There is room again that only these have seen.</summary>
    public void KeepOnly(IEnumerable<string> jobKeys)
    {
        _keys.IntersectWith(jobKeys);
        Era++;
    }

    /// <summary>There is room again for these.</summary>
    public void Forget(IReadOnlyCollection<string> jobKeys)
    {
        if (jobKeys.Count > 0)
        {
            _keys.ExceptWith(jobKeys);
            Era++;
        }
    }
}
