using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Provisioning.Jobs.Validation;
using Saas.Provisioning.Jobs.Versions;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Jobs;

/// <summary>Nomad's job registration: <c>PUT</c> or <c>POST /v1/jobs</c>, and <c>/v1/job/{jobId}</c> for an update.</summary>
internal static class RegisterJob
{
    /// <summary>A job at its limit, in a client's white space and envelope.</summary>
    private const int MaxBodyBytes = (2 * JobLimits.MaxDocumentBytes) + (2 * JobSubmission.MaxBytes);

    private static readonly object Key = new();

    public static void Map(IRouteTable routes)
    {
        foreach (var pattern in (string[])["/v1/jobs", "/v1/job/{jobId}", "/v1/jobs/{jobId}"])
        {
            foreach (var method in (string[])["PUT", "POST"])
            {
                routes.Map(method, pattern, RouteAccess.Requires("jobs:submit", ResourceAsync), HandleAsync)
                    .Summary("Registers a job, or a new version of it, and asks the scheduler to bring it about.")
                    .Accepts(ProvisioningJson.Strict.RegisterJobRequest)
                    .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.RegisterJobResponse)
                    .Problems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict)
                    .MaxBodyBytes(MaxBodyBytes);
            }
        }
    }

    /// <summary>The body names the job, and perhaps the project: it is read before access to them is decided.</summary>
    private static async ValueTask<string> ResourceAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.RegisterJobRequest, null, ct);
        body = body with { Job = JobBodies.Of(request, body.Job) };
        EvaluationPriorities.Check(body.EvalPriority);
        JobBodies.Check(RegisterJobRequest.Validator.Instance, body);

        request.Http.Items[Key] = body;
        var project = await request.ProjectOfJobAsync(body.Job!.ID, body.Job.Namespace, ct);
        return ResourceNames.Job(project.Id, body.Job.ID!);
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = (RegisterJobRequest)request.Http.Items[Key]!;
        var project = await request.ProjectAsync(ct);
        body = body with { Job = JobBodies.InRegion(body.Job!, await request.RegionAsync(ct) ?? body.Region) };
        var outcome = await request.Service<RegisterJobHandler>().HandleAsync(request.Tenant, project.Id, body, ct);
        return outcome.IsDone
            ? NomadResponses.Ok(
                request, RegisterJobResponse.Of(outcome.Value) with { Warnings = JobSubmissions.WarningOf(body.Submission) ?? "" }, ProvisioningJson.Default.RegisterJobResponse, outcome.Value.Record.ModifyIndex)
            : outcome.Error.ToProblem();
    }
}

/// <summary>Nomad's JobRegisterRequest.</summary>
internal sealed record RegisterJobRequest : WriteRequestBody
{
    public Job? Job { get; init; }

    /// <summary>Registers only if the job is at <see cref="JobModifyIndex"/>; 0: only if there is no such job.</summary>
    public bool? EnforceIndex { get; init; }

    public long? JobModifyIndex { get; init; }

    /// <summary>Keeps the counts of the groups that exist.</summary>
    public bool? PreserveCounts { get; init; }

    /// <summary>Keeps the resources of the tasks that exist.</summary>
    public bool? PreserveResources { get; init; }

    /// <summary>What the job was made from, kept with the version; null: nothing is.</summary>
    public JobSubmissionBody? Submission { get; init; }

    /// <summary>Priority of the evaluation; default is the job's.</summary>
    public int? EvalPriority { get; init; }

    /// <summary>Accepted and without effect: there are no policies to override yet.</summary>
    public bool? PolicyOverride { get; init; }

    internal sealed class Validator : AbstractValidator<RegisterJobRequest>
    {
        public static readonly Validator Instance = new();

        private Validator()
        {
            RuleFor(request => request.Job!).NotNull().WithMessage("A job is missing.").SetValidator(JobValidator.Instance);
            RuleFor(request => request.JobModifyIndex).Must(index => index is null or >= 0)
                .WithMessage(request => $"Expected 0 or more; {request.JobModifyIndex} came.");
        }
    }
}

/// <summary>Nomad's JobRegisterResponse, which a deregistration has too.</summary>
internal sealed record RegisterJobResponse
{
    public required string EvalID { get; init; }
    public required long EvalCreateIndex { get; init; }
    public required long JobModifyIndex { get; init; }
    public string Warnings { get; init; } = "";
    public required long Index { get; init; }
    public long LastContact { get; init; }
    public bool KnownLeader { get; init; } = true;
    public string NextToken { get; init; } = "";

    public static RegisterJobResponse Of(CommittedJob committed) => new()
    {
        EvalID = committed.Evaluation?.Id ?? "",
        EvalCreateIndex = committed.Evaluation is null ? 0 : committed.Record.ModifyIndex,
        JobModifyIndex = committed.Record.JobModifyIndex,
        Index = committed.Record.ModifyIndex,
    };
}

internal sealed class RegisterJobHandler(JobChanges changes, JobPlaces places)
{
    public Task<JobOutcome<CommittedJob>> HandleAsync(
        TenantScope tenant, string projectId, RegisterJobRequest request, CancellationToken ct) =>
        changes.ChangeAsync(
            tenant, projectId, request.Job!.ID!, (before, token) => PlanAsync(tenant, projectId, request, before, token), ct);

    private async ValueTask<JobOutcome<PlannedJob>> PlanAsync(
        TenantScope tenant, string projectId, RegisterJobRequest request, JobRecord? before, CancellationToken ct)
    {
        if (request.EnforceIndex is true && ConflictOf(request.JobModifyIndex ?? 0, before) is { } conflict)
        {
            return new JobError(JobErrorKind.IndexConflict, conflict);
        }

        var asked = request.PreserveCounts is true ? Preserved.CountsOf(before, request.Job!) : request.Job!;
        asked = request.PreserveResources is true ? Preserved.ResourcesOf(before, asked) : asked;
        var draft = await JobDrafts.DraftAsync(tenant, projectId, asked, before, ct);
        if (!draft.IsDone)
        {
            return draft.Error;
        }

        // A purge that is under way gives the place back: take it again.
        if (before is null or { Purge: true } && await places.HoldAsync(tenant, projectId, request.Job!.ID!, ct) is { } refused)
        {
            return refused;
        }

        return new PlannedJob(draft.Value, EvaluationTriggers.JobRegister, request.EvalPriority is > 0 and { } priority ? priority : draft.Value.Job.Priority!.Value)
        {
            Submission = JobSubmissions.ToStored(request.Submission),
        };
    }

    /// <summary>Nomad's messages: its clients look for their first words.</summary>
    public static string? ConflictOf(long enforced, JobRecord? job) => (enforced, job) switch
    {
        (0, null) => null,
        (_, null) => $"Enforcing job modify index {enforced}: job does not exist",
        (0, _) => "Enforcing job modify index 0: job already exists",
        _ when job.JobModifyIndex == enforced => null,
        _ => $"Enforcing job modify index {enforced}: job exists with conflicting job modify index: {job.JobModifyIndex}",
    };
}
