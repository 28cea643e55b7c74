using System.Globalization;
using Saas.Contracts.Jobs;

namespace Saas.Cluster.Jobs;

/// <summary>
/// The runs of a periodic or parameterized job: jobs of their own, named after it, with its specification as it was when
/// they were made. Their services are called what the parent's are.
/// </summary>
public static class ChildJobs
{
    public const string PeriodicInfix = "/periodic-";
    public const string DispatchInfix = "/dispatch-";

    /// <summary>The same for the same time: a launch that is repeated finds its job.</summary>
    public static string PeriodicId(string parentId, DateTimeOffset launch) => string.Create(
        CultureInfo.InvariantCulture, $"{parentId}{PeriodicInfix}{launch.ToUnixTimeSeconds()}");

    /// <param name="prefix">Nomad's IdPrefixTemplate; empty: none.</param>
    /// <param name="unique">8 hexadecimal digits.</param>
    public static string DispatchId(string parentId, string prefix, DateTimeOffset now, string unique) => string.Create(
        CultureInfo.InvariantCulture,
        $"{parentId}{DispatchInfix}{prefix}{(prefix.Length == 0 ? "" : "-")}{now.ToUnixTimeSeconds()}-{unique}");

    /// <summary>The job of one launch, to be planned as version 0.</summary>
    /// <param name="parent">A periodic one.</param>
    public static JobRecord Periodic(JobRecord parent, DateTimeOffset launch)
    {
        var id = PeriodicId(parent.Job.ID!, launch);
        return Record(parent, parent.Job with { ID = id, Name = id, ParentID = parent.Job.ID, Periodic = null });
    }

    /// <summary>The job of one dispatch, to be planned as version 0.</summary>
    /// <param name="parent">A parameterized one.</param>
    /// <param name="meta">Wins over the parent's of the same key.</param>
    /// <param name="payload">Base64; null: none.</param>
    /// <param name="token">Null: the dispatch has no name of its own.</param>
    public static JobRecord Dispatched(
        JobRecord parent, string id, int priority, IReadOnlyDictionary<string, string> meta, string? payload, string? token)
    {
        var merged = new Dictionary<string, string>(parent.Job.Meta ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach (var (key, value) in meta)
        {
            merged[key] = value;
        }

        return Record(parent, parent.Job with
        {
            ID = id,
            Name = id,
            ParentID = parent.Job.ID,
            Dispatched = true,
            DispatchIdempotencyToken = token,
            Priority = priority,
            Meta = merged,
            Payload = payload,
        });
    }

    private static JobRecord Record(JobRecord parent, Job job) => new()
    {
        ProjectId = parent.ProjectId,
        Region = parent.Region,
        Job = job with { Stop = false },
        Version = 0,
        CreateIndex = 0,
        ModifyIndex = 0,
        JobModifyIndex = 0,
        SubmittedAt = default,
    };
}
