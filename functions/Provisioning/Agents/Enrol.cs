using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Identity.Agents;
using Saas.Provisioning.Nodes;

namespace Saas.Provisioning.Agents;

/// <summary>Spends an enrolment token on a machine's own key.</summary>
internal static class Enrol
{
    public static void Map(IRouteTable routes) =>
        routes.Map("POST", AgentProtocol.EnrolPath, RouteAccess.Public("The enrolment token in the body is the credential."), HandleAsync)
            .Summary("Enrols a machine with a one-use token; repeating it with the same key gives the same node.")
            .Accepts(AgentJson.Strict.EnrolRequest)
            .Produces(StatusCodes.Status200OK, AgentJson.Default.EnrolResponse)
            .Problems(StatusCodes.Status409Conflict)
            .MaxBodyBytes(8 * 1024)
            .Unmetered();

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(AgentJson.Strict.EnrolRequest, Validator.Instance, ct);
        var outcome = await request.Service<AgentEnrolment>().EnrolAsync(body, ct);
        if (outcome.Enrolled is not { } enrolled)
        {
            return ProblemOf(outcome);
        }

        // Not in one batch with the credential; an agent that lost this to a crash asks again, and gets here again.
        await NodeRows.CreateAsync(enrolled.Tenant, enrolled.Agent, enrolled.Site, ct);
        request.ActsFor(enrolled.Tenant, enrolled.Agent.Id, ResourceNames.Node(enrolled.Agent.Id));
        return Results.Json(
            new EnrolResponse(enrolled.Tenant.Tenant.Value, enrolled.Site.Id, enrolled.Agent.Id), AgentJson.Default.EnrolResponse);
    }

    private static Problem ProblemOf(EnrolOutcome outcome) => outcome.Refusal switch
    {
        EnrolRefusal.UnknownToken => Problem.Of("enrolment-token-unknown", "The enrolment token is not known.", 401, outcome.Detail),
        EnrolRefusal.Expired => Problem.Of("enrolment-token-expired", "The enrolment token has expired.", 401, outcome.Detail),
        EnrolRefusal.AlreadyUsed => Problem.Conflict("enrolment-token-used", outcome.Detail),
        EnrolRefusal.BadPublicKey => Problem.Invalid("publicKey", outcome.Detail),
        EnrolRefusal.QuotaExceeded => IdentityProblems.Of(outcome.Error!),
        EnrolRefusal.TenantSuspended => Problem.Of("tenant-suspended", "The tenant is suspended.", 403, outcome.Detail),
        _ => throw new InvalidOperationException($"{outcome.Refusal} has no problem."),
    };

    private sealed class Validator : AbstractValidator<EnrolRequest>
    {
        public static readonly Validator Instance = new();

        private Validator()
        {
            RuleFor(request => request.Token).NotEmpty().MaximumLength(256);
            RuleFor(request => request.PublicKey).NotEmpty().MaximumLength(1024);
            RuleFor(request => request.Name).Must(FingerprintRules.IsHostName).WithMessage("Expected a host name of 1 to 64 characters.");
            RuleFor(request => request.ProtocolVersion).InclusiveBetween(1, AgentProtocol.Version)
                .WithMessage($"This control plane speaks versions 1 to {AgentProtocol.Version} of the agents' protocol.");
        }
    }
}
