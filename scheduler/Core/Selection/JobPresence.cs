namespace Saas.Scheduler.Core.Selection;

/// <summary>On which nodes a job's allocations are that shall run, kept ones and those placed by this plan.</summary>
internal sealed class JobPresence(int nodeCount)
{
    private readonly Dictionary<string, int[]> _groups = [];
    private readonly bool[] _job = new bool[nodeCount];
    private string? _lastGroup;
    private int[]? _lastColumn;

    public void Add(string group, int node)
    {
        Column(group)[node]++;
        _job[node] = true;
    }

    public bool OfJob(int node) => _job[node];

    /// <summary>How many allocations of the group are on the node.</summary>
    public int OfGroup(string group, int node) => Column(group)[node];

    /// <summary>Asked for once per node and score, mostly for the same group as before.</summary>
    private int[] Column(string group)
    {
        if (ReferenceEquals(group, _lastGroup))
        {
            return _lastColumn!;
        }

        if (!_groups.TryGetValue(group, out var column))
        {
            column = new int[nodeCount];
            _groups.Add(group, column);
        }

        (_lastGroup, _lastColumn) = (group, column);
        return column;
    }
}
