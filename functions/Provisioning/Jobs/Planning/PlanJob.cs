using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Provisioning.Jobs.Validation;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Jobs.Planning;

/// <summary>Nomad's plan: what would become of a job if it were registered, and what the version would change. Nothing is registered.</summary>
internal static class PlanJob
{
    private const int MaxBodyBytes = 2 * JobLimits.MaxDocumentBytes;

    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            foreach (var pattern in (string[])["/v1/job/{jobId}/plan", "/v1/jobs/{jobId}/plan"])
            {
                routes.Map(method, pattern, RouteAccess.Requires("jobs:plan", ResourceAsync), HandleAsync)
                    .Summary("What would become of the job if it were registered, and with Diff what it would change.")
                    .Accepts(ProvisioningJson.Strict.PlanJobRequest)
                    .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.PlanJobResponse)
                    .Problems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict, StatusCodes.Status503ServiceUnavailable)
                    .MaxBodyBytes(MaxBodyBytes);
            }
        }
    }

    private static async ValueTask<string> ResourceAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.PlanJobRequest, null, ct);
        body = body with { Job = JobBodies.Of(request, body.Job) };
        JobBodies.Check(PlanJobRequest.Validator.Instance, body);
        request.Found = body;
        var project = await request.ProjectOfJobAsync(body.Job!.ID, string.IsNullOrEmpty(body.Job.Namespace) ? body.Namespace : body.Job.Namespace, ct);
        return ResourceNames.Job(project.Id, body.Job.ID!);
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = (PlanJobRequest)request.Found!;
        var project = await request.ProjectAsync(ct);
        var job = JobBodies.InRegion(body.Job!, await request.RegionAsync(ct) ?? body.Region);
        var outcome = await request.Service<PlanJobHandler>().HandleAsync(request.Tenant, request.Principal, project, job, body.Diff, ct);
        return outcome.IsDone
            ? NomadResponses.Ok(request, outcome.Value, ProvisioningJson.Default.PlanJobResponse, outcome.Value.Index)
            : outcome.Error.ToProblem();
    }
}

/// <summary>Nomad's JobPlanRequest.</summary>
internal sealed record PlanJobRequest : WriteRequestBody
{
    public Job? Job { get; init; }

    /// <summary>Whether to tell what the version changes, beside what becomes of its allocations.</summary>
    public bool Diff { get; init; }

    /// <summary>Without effect: there are no policies to override.</summary>
    public bool PolicyOverride { get; init; }

    internal sealed class Validator : AbstractValidator<PlanJobRequest>
    {
        public static readonly Validator Instance = new();

        private Validator() => RuleFor(request => request.Job!).SetValidator(JobValidator.Instance);
    }
}
