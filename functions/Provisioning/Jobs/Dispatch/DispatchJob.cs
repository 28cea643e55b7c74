using Microsoft.AspNetCore.Http;
using Saas.Cluster.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Jobs.Dispatch;

/// <summary>Nomad's dispatch of a parameterized job: a child of it, with a payload and meta data of its own.</summary>
internal static class DispatchJob
{
    /// <summary>A payload at its limit in base 64, and meta data.</summary>
    private const int MaxBodyBytes = 256 * 1024;

    public static void Map(IRouteTable routes)
    {
        foreach (var pattern in (string[])["/v1/job/{jobId}/dispatch", "/v1/jobs/{jobId}/dispatch"])
        {
            foreach (var method in (string[])["PUT", "POST"])
            {
                routes.Map(method, pattern, ProjectRequests.OnJob("jobs:dispatch"), HandleAsync)
                    .Summary("Runs a parameterized job as a child; with idempotency_token at most once.")
                    .Accepts(ProvisioningJson.Strict.DispatchJobRequest)
                    .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.DispatchJobResponse)
                    .Problems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict)
                    .MaxBodyBytes(MaxBodyBytes);
            }
        }
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.DispatchJobRequest, null, ct);
        var token = request.Query("idempotency_token");
        if (token?.Length > DispatchToken.MaxLength)
        {
            throw new ProblemException(Problem.Invalid("idempotency_token", $"Expected at most {DispatchToken.MaxLength} characters; {token.Length} came."));
        }

        if (!string.IsNullOrEmpty(body.JobID) && body.JobID != request.JobId())
        {
            throw new ProblemException(NomadErrors.BadRequest("JobID", "Job ID does not match") with { Errors = [new FieldError("JobID", "The job is not the one in the path.")] });
        }

        var project = await request.ProjectAsync(ct);
        var outcome = await request.Service<DispatchJobHandler>().HandleAsync(request.Tenant, project.Id, request.JobId(), body, token, ct);
        return outcome.IsDone
            ? NomadResponses.Ok(request, outcome.Value, ProvisioningJson.Default.DispatchJobResponse, outcome.Value.Index)
            : outcome.Error.ToProblem();
    }
}

/// <summary>Nomad's JobDispatchRequest.</summary>
internal sealed record DispatchJobRequest
{
    /// <summary>As in the path, or nothing.</summary>
    public string? JobID { get; init; }

    /// <summary>Base64; at most 16 KiB before that.</summary>
    public string? Payload { get; init; }

    public IReadOnlyDictionary<string, string>? Meta { get; init; }

    /// <summary>Put before the time in the child's id.</summary>
    public string? IdPrefixTemplate { get; init; }

    /// <summary>1 to 100; default is the parent's.</summary>
    public int? Priority { get; init; }
}

/// <summary>Nomad's JobDispatchResponse. A repeated dispatch has no evaluation.</summary>
internal sealed record DispatchJobResponse
{
    public required string DispatchedJobID { get; init; }
    public string EvalID { get; init; } = "";
    public long EvalCreateIndex { get; init; }
    public required long JobCreateIndex { get; init; }
    public required long Index { get; init; }
}
