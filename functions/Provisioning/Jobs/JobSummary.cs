using System.Text.Json.Serialization;
using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Jobs.Defaults;

namespace Saas.Provisioning.Jobs;

/// <summary>Nomad's JobSummary: how far a job has come, by task group.</summary>
internal sealed record JobSummary
{
    public required string JobID { get; init; }
    public required string Namespace { get; init; }
    public required IReadOnlyDictionary<string, TaskGroupSummary> Summary { get; init; }
    public ChildrenSummary Children { get; init; } = ChildrenSummary.None;
    /// <summary>It waits for nodes, times or dispatches as long as nobody stops it.</summary>
    [JsonIgnore]
    public bool IsKept { get; init; }

    public required long CreateIndex { get; init; }
    public required long ModifyIndex { get; init; }

    /// <param name="allocations">All of this job.</param>
    public static JobSummary Of(JobRecord job, string projectName, IEnumerable<AllocationView> allocations)
    {
        var byGroup = allocations.ToLookup(allocation => allocation.Group, StringComparer.Ordinal);
        var wanted = job.Job.TaskGroups!.ToDictionary(group => group.Name!, group => job.Job.Stop is true || job.IsParent ? 0 : group.Count!.Value);
        return new JobSummary
        {
            JobID = job.Job.ID!,
            Namespace = projectName,
            Summary = wanted.Keys.Union(byGroup.Select(group => group.Key)).ToDictionary(
                name => name, name => TaskGroupSummary.Of(byGroup[name], wanted.GetValueOrDefault(name), JobKinds.RunsToItsEnd(job.Job.Type))
                    .Without(() => GivenUpInstances.Count(job.Job.TaskGroups!.Single(group => group.Name == name), job.Version, byGroup[name]))),
            IsKept = job.Job.Stop is not true && (job.IsParent || job.Job.Type == JobTypes.System),
            CreateIndex = job.CreateIndex,
            ModifyIndex = job.ModifyIndex,
        };
    }

    /// <summary>Nomad's job status, from what runs and what is still to be placed.</summary>
    public string Status =>
        IsKept || Summary.Values.Any(group => group.Running + group.Starting + group.Unknown > 0) ? "running"
        : Summary.Values.Any(group => group.Queued > 0) ? "pending"
        : "dead";
}

internal sealed record TaskGroupSummary
{
    /// <summary>Wanted and without an allocation.</summary>
    public required int Queued { get; init; }

    public required int Complete { get; init; }
    public required int Failed { get; init; }
    public required int Running { get; init; }
    public required int Starting { get; init; }
    public required int Lost { get; init; }
    public int Unknown { get; init; }

    /// <summary>Where some are queued, less those that are not waited for.</summary>
    public TaskGroupSummary Without(Func<int> givenUp) => Queued == 0 ? this : this with { Queued = Math.Max(0, Queued - givenUp()) };

    public static TaskGroupSummary Of(IEnumerable<AllocationView> allocations, int wanted, bool isBatch)
    {
        int complete = 0, failed = 0, running = 0, starting = 0, lost = 0, unknown = 0, satisfied = 0;
        var completed = new HashSet<int>();
        foreach (var allocation in allocations)
        {
            switch (allocation.ClientStatus)
            {
                case ClientStatus.Complete: complete++; break;
                case ClientStatus.Failed: failed++; break;
                case ClientStatus.Lost: lost++; break;
                case ClientStatus.Unknown: unknown++; break;
                case ClientStatus.Running: running++; break;
                default: starting++; break;
            }

            if (!ClientStatus.IsTerminal(allocation.ClientStatus))
            {
                satisfied += allocation.DesiredStatus == DesiredStatus.Run ? 1 : 0;
            }
            else if (isBatch && allocation.ClientStatus == ClientStatus.Complete && completed.Add(allocation.Index))
            {
                satisfied++;
            }
        }

        return new TaskGroupSummary
        {
            Queued = Math.Max(0, wanted - satisfied),
            Complete = complete,
            Failed = failed,
            Running = running,
            Starting = starting,
            Lost = lost,
            Unknown = unknown,
        };
    }
}
