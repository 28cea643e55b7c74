using Microsoft.AspNetCore.Http;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>Nomad's validate: all that is wrong with a job, as an answer and not as an error. Nothing is looked up or written.</summary>
internal static class ValidateJob
{
    private const int MaxBodyBytes = 2 * JobLimits.MaxDocumentBytes;

    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            routes.Map(method, "/v1/validate/job", RouteAccess.Requires("jobs:validate", ResourceAsync), HandleAsync)
                .Summary("Says all that is wrong with a job.")
                .Accepts(ProvisioningJson.Strict.ValidateJobRequest)
                .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.ValidateJobResponse)
                .MaxBodyBytes(MaxBodyBytes);
        }
    }

    private static async ValueTask<string> ResourceAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.ValidateJobRequest, null, ct);
        if (body.Job is null)
        {
            throw new ProblemException(NomadErrors.BadRequest("Job", "Job must be specified"));
        }

        request.Found = body.Job;
        return ResourceNames.Project((await request.ProjectOfJobAsync(body.Job.ID, body.Job.Namespace, ct)).Id);
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        await request.RegionAsync(ct);
        var faults = (await JobValidator.Instance.ValidateAsync((Job)request.Found!, ct)).Errors
            .Select(static fault => new FieldError(fault.PropertyName, fault.ErrorMessage)).ToArray();
        var response = new ValidateJobResponse(
            DriverConfigValidated: true,
            faults.Length == 0 ? null : [.. faults.Select(NomadErrors.TextOf)],
            faults.Length == 0 ? "" : NomadErrors.TextOf(faults),
            Warnings: "");
        return NomadResponses.Ok(request, response, ProvisioningJson.Default.ValidateJobResponse, index: 0);
    }
}

/// <summary>Nomad's JobValidateRequest.</summary>
internal sealed record ValidateJobRequest : WriteRequestBody
{
    public Job? Job { get; init; }
}

/// <summary>Nomad's JobValidateResponse.</summary>
/// <param name="ValidationErrors">Null: none.</param>
/// <param name="Error">All of them as one text; empty: none.</param>
internal sealed record ValidateJobResponse(bool DriverConfigValidated, IReadOnlyList<string>? ValidationErrors, string Error, string Warnings);
