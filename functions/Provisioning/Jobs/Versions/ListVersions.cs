using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Cluster.Jobs;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Jobs.Diffs;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Jobs.Versions;

/// <summary>The versions that are kept of a job, newest first; with <c>diffs=true</c>, what each has changed of the one before.</summary>
internal static class ListVersions
{
    public static void Map(IRouteTable routes)
    {
        foreach (var pattern in (string[])["/v1/job/{jobId}/versions", "/v1/jobs/{jobId}/versions"])
        {
            routes.MapRead(pattern, ProjectRequests.OnJob("jobs:read"), ProvisioningJson.Default.JobVersionsResponse, BindAsync)
                .Summary("The job's versions, and with diffs=true what each has changed; diff_version and diff_tag compare all with that one.");
        }
    }

    private static ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (withDiffs, number, tag) = (request.Flag("diffs"), request.Number("diff_version", "uint64"), request.Query("diff_tag") is { Length: > 0 } name ? name : null);
        return JobQuestions.AskAsync(
            request, ChangeKinds.Allocation, ProvisioningJson.Default.JobVersionsResponse,
            async (subject, token) =>
            {
                var versions = await JobVersions.ListAsync(subject.Tenant.JobsOf(subject.Project.Id), subject.JobId, token);
                var present = await JobRows.FindAsync(subject.Tenant, subject.Project.Id, subject.JobId, token);
                if (present is null || versions.Count == 0)
                {
                    throw new ProblemException(NotFound("job versions"));
                }

                var summary = await subject.SummaryAsync(present, token);
                return new JobVersionsResponse
                {
                    Versions = [.. versions.Select(version => Show(version, present, summary))],
                    Diffs = withDiffs ? DiffsOf(versions, number, tag) : null,
                };
            },
            ct);
    }

    /// <summary>The status is that of the version the job is at; older ones say nothing of theirs.</summary>
    private static Job Show(JobRecord version, JobRecord present, JobSummary summary) =>
        version.Version == present.Version ? ReadJob.Show(present, summary) : ReadJob.Show(version, summary) with { Status = "dead" };

    /// <summary>Each against the one before it, of which the oldest has none; or all against one.</summary>
    private static JobDiff[]? DiffsOf(IReadOnlyList<JobRecord> versions, long? number, string? tag)
    {
        if (number is null && tag is null)
        {
            var diffs = versions.Zip(versions.Skip(1), static (now, old) => JobDiffs.Of(old.Job, now.Job)).ToArray();
            return diffs.Length == 0 ? null : diffs;
        }

        var one = versions.FirstOrDefault(version => tag is null ? version.Version == number : version.Tag?.Name == tag)
            ?? throw new ProblemException(Problem.NotFound("version").AsRefusal(tag is null ? $"version {number} not found" : $"tag \"{tag}\" not found"));
        return [.. versions.Select(version => JobDiffs.Of(one.Job, version.Job))];
    }

    private static Problem NotFound(string what) =>
        Problem.NotFound(what) with { Peer = new PeerError(StatusCodes.Status404NotFound, $"{what} not found") };
}

/// <summary>Nomad's JobVersionsResponse.</summary>
internal sealed record JobVersionsResponse
{
    public required IReadOnlyList<Job> Versions { get; init; }

    /// <summary>Null where none were asked for, or there are none.</summary>
    public required IReadOnlyList<JobDiff>? Diffs { get; init; }

    // The index is in the header, which it follows from this body.
    public long Index { get; init; }
    public long LastContact { get; init; }
    public bool KnownLeader { get; init; } = true;
    public string NextToken { get; init; } = "";
}
