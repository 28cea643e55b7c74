using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Jobs.Versions;

/// <summary>Nomad's tags: a user names a version, so that it is kept and can be found again, or takes the name away.</summary>
internal static class TagVersion
{
    private const int MaxNameLength = 128;
    private const int MaxDescriptionLength = 1000;

    public static void Map(IRouteTable routes)
    {
        foreach (var pattern in (string[])["/v1/job/{jobId}/versions/{tag}/tag", "/v1/jobs/{jobId}/versions/{tag}/tag"])
        {
            foreach (var method in (string[])["PUT", "POST"])
            {
                routes.Map(method, pattern, ProjectRequests.OnJob("jobs:tag"), TagAsync)
                    .Summary("Names a version of the job, which is kept as long as it is named.")
                    .Accepts(ProvisioningJson.Strict.TagVersionRequest)
                    .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.TagVersionResponse)
                    .Problems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
            }

            routes.Map("DELETE", pattern, ProjectRequests.OnJob("jobs:tag"), UntagAsync)
                .Summary("Takes a version's name away.")
                .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.TagVersionResponse)
                .Problems(StatusCodes.Status404NotFound);
        }
    }

    private static async Task<IResult> TagAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.TagVersionRequest, null, ct);
        var name = request.Route("tag");
        if (name.Length > MaxNameLength)
        {
            return NomadErrors.BadRequest("tag", $"a tag's name has at most {MaxNameLength} characters");
        }

        if (body.Description?.Length > MaxDescriptionLength)
        {
            return NomadErrors.BadRequest("Description", $"Tagged version description must be under {MaxDescriptionLength} characters, currently {body.Description.Length}");
        }

        if (body.Latest && body.Version > 0)
        {
            var text = $"version must be zero when tagging latest, got: {body.Version}";
            return Problem.Invalid("Version", text).AsRefusal(text);
        }

        var version = body.Latest ? null : (long?)body.Version;
        return await AnswerAsync(
            request, (handler, projectId) => handler.TagAsync(request.Tenant, projectId, request.JobId(), version, name, body.Description ?? "", ct), ct);
    }

    private static Task<IResult> UntagAsync(ApiRequest request, CancellationToken ct) =>
        AnswerAsync(request, (handler, projectId) => handler.UntagAsync(request.Tenant, projectId, request.JobId(), request.Route("tag"), ct), ct);

    private static async Task<IResult> AnswerAsync(
        ApiRequest request, Func<TagVersionHandler, string, Task<JobOutcome<TagVersionResponse>>> change, CancellationToken ct)
    {
        await request.RegionAsync(ct);
        var outcome = await change(request.Service<TagVersionHandler>(), (await request.ProjectAsync(ct)).Id);
        return outcome.IsDone
            ? NomadResponses.Ok(request, outcome.Value, ProvisioningJson.Default.TagVersionResponse, outcome.Value.Index)
            : outcome.Error.ToProblem();
    }
}

/// <summary>Nomad's TagVersionRequest.</summary>
internal sealed record TagVersionRequest : WriteRequestBody
{
    public long Version { get; init; }

    /// <summary>The version that the job is at; <see cref="Version"/> is 0 then.</summary>
    public bool Latest { get; init; }

    public string? Description { get; init; }
}

/// <summary>Nomad's JobTagResponse; empty but for the index where a tag was taken away.</summary>
internal sealed record TagVersionResponse(string Name, string Description, long TaggedTime, long Index);

internal sealed class TagVersionHandler(JobLedger ledger, TimeProvider time)
{
    /// <summary>More than anybody finds his way in; each keeps a version, and all versions are read with each submission.</summary>
    private const int MaxTags = 32;

    /// <param name="version">Null: the one that the job is at.</param>
    public async Task<JobOutcome<TagVersionResponse>> TagAsync(
        TenantScope tenant, string projectId, string jobId, long? version, string name, string description, CancellationToken ct)
    {
        var tag = new VersionTag(name, description, time.GetUtcNow());
        var (committed, error) = await ChangeAsync(
            tenant, projectId, jobId, tag,
            (job, versions) =>
            {
                var number = version ?? job.Version;
                return versions.Any(other => other.Tag?.Name == name && other.Version != number)
                        ? JobError.Refused(StatusCodes.Status409Conflict, $"tag \"{name}\" already exists on a different version of job \"{jobId}\"")
                    : versions.Count(other => other.Tag is not null && other.Version != number) >= MaxTags
                        ? JobError.Refused(StatusCodes.Status409Conflict, $"job \"{jobId}\" has {MaxTags} tags, and can have no more")
                    : versions.FirstOrDefault(other => other.Version == number) is { } found ? found
                    : JobError.Refused(StatusCodes.Status404NotFound, $"job \"{jobId}\" version {number} not found");
            },
            ct);
        return committed is null
            ? error ?? JobError.Refused(StatusCodes.Status404NotFound, $"job \"{jobId}\" version {version ?? 0} not found")
            : new TagVersionResponse(name, description, tag.TaggedAt.ToUnixNanoseconds(), committed.Record.ModifyIndex);
    }

    public async Task<JobOutcome<TagVersionResponse>> UntagAsync(TenantScope tenant, string projectId, string jobId, string name, CancellationToken ct)
    {
        var missing = JobError.Refused(StatusCodes.Status404NotFound, $"tag \"{name}\" not found on job \"{jobId}\"");
        var (committed, _) = await ChangeAsync(
            tenant, projectId, jobId, null,
            (_, versions) => versions.FirstOrDefault(version => version.Tag?.Name == name) is { } found ? found : missing, ct);
        return committed is null ? missing : new TagVersionResponse("", "", 0, committed.Record.ModifyIndex);
    }

    private async Task<(CommittedJob? Committed, JobError? Error)> ChangeAsync(
        TenantScope tenant, string projectId, string jobId, VersionTag? tag, Func<JobRecord, IReadOnlyList<JobRecord>, JobOutcome<JobRecord>> choose, CancellationToken ct)
    {
        var rows = tenant.JobsOf(projectId);
        JobError? error = null;
        var committed = await ledger.EvaluateAsync(
            tenant, projectId, jobId,
            async (job, token) =>
            {
                var chosen = choose(job, await JobVersions.ListAsync(rows, jobId, token));
                error = chosen.Error;
                return chosen.IsDone ? await JobVersions.AmendAsync(rows, job, chosen.Value.Version, version => version with { Tag = tag }, token) : null;
            },
            ct);
        return (committed, error);
    }
}
