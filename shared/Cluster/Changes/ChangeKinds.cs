namespace Saas.Cluster.Changes;

/// <summary>What of a tenant's cluster changed, as far as those who wait for changes tell it apart.</summary>
[Flags]
public enum ChangeKinds
{
    None = 0,
    Job = 1,
    Node = 2,
    Allocation = 4,
    Evaluation = 8,
    Deployment = 16,

    /// <summary>Scheduler settings and quotas.</summary>
    Settings = 32,

    All = Job | Node | Allocation | Evaluation | Deployment | Settings,
}

/// <summary>What someone waits for.</summary>
/// <param name="Kinds">Any of these.</param>
/// <param name="Key">Only of this thing: see <see cref="ChangeKeys"/>. Null: of all.</param>
public readonly record struct ChangeTopics(ChangeKinds Kinds, string? Key = null);

/// <summary>
/// Names of what a change is about. Changes of an allocation, an evaluation or a deployment are named by their job:
/// whoever follows a job follows those as well.
/// </summary>
public static class ChangeKeys
{
    public static string Job(string projectId, string jobId) => $"{projectId}|{jobId}";

    public static string Node(string nodeId) => nodeId;
}
