namespace Saas.Cluster.Jobs;

/// <summary>What a failed roll-out gives way to: the last stable version before it, unless that asks for the same.</summary>
/// <param name="Target">Null: there is none, or it would fail again.</param>
/// <param name="Suffix">To the deployment's status description: Nomad's texts, because its clients show them.</param>
public sealed record RollBack(JobRecord? Target, string Suffix)
{
    /// <param name="versions">Those kept, newest first.</param>
    /// <param name="failed">The version that failed.</param>
    public static RollBack Of(IEnumerable<JobRecord> versions, JobRecord failed) =>
        versions.FirstOrDefault(version => version.Version < failed.Version && version.Stable) switch
        {
            null => new RollBack(null, " - no stable job version to auto revert to"),
            var stable when JobSpecifications.AreSame(stable.Job, failed.Job) =>
                new RollBack(null, $" - not rolling back to stable job version {stable.Version} as current job has same specification"),
            var stable => new RollBack(stable, $" - rolling back to job version {stable.Version}"),
        };
}
