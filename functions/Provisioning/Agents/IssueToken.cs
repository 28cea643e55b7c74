using FluentValidation;
using Microsoft.AspNetCore.Http;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Agents;

namespace Saas.Provisioning.Agents;

/// <summary>An access token of minutes for an assertion that the machine signed with its key.</summary>
internal static class IssueToken
{
    public static void Map(IRouteTable routes) =>
        routes.Map("POST", AgentProtocol.TokenPath, RouteAccess.Public("The signed assertion in the body is the credential."), HandleAsync)
            .Summary("Exchanges a signed assertion for an access token.")
            .Accepts(AgentJson.Strict.TokenRequest)
            .Produces(StatusCodes.Status200OK, AgentJson.Default.TokenResponse)
            .MaxBodyBytes(8 * 1024)
            .CalledByFleets()
            .Unmetered();

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(AgentJson.Strict.TokenRequest, Validator.Instance, ct);
        var outcome = await request.Service<AgentCredentials>().IssueTokenAsync(body.Assertion, ct);
        return outcome.Token is { } token ? Results.Json(token, AgentJson.Default.TokenResponse) : ProblemOf(outcome);
    }

    private static Problem ProblemOf(TokenOutcome outcome) => outcome.Refusal switch
    {
        TokenRefusal.Malformed => Problem.Invalid("assertion", outcome.Detail),
        TokenRefusal.UnknownOrForged => Problem.Of("assertion-unknown", "The assertion is not of an enrolled node.", 401, outcome.Detail),
        TokenRefusal.WrongClaims => Problem.Of("assertion-claims", "The assertion's claims are not those expected.", 401, outcome.Detail),
        TokenRefusal.ClockSkew => Problem.Of("clock-skew", "The machine's clock is wrong.", 401, outcome.Detail, retryable: true),
        TokenRefusal.Expired => Problem.Of("assertion-expired", "The assertion has expired.", 401, outcome.Detail, retryable: true),
        TokenRefusal.Replayed => Problem.Of("assertion-replayed", "The assertion was used before.", 401, outcome.Detail),
        TokenRefusal.TooMany => Problem.Of("too-many-tokens", "Too many access tokens were asked for.", 429, outcome.Detail, retryable: true),
        TokenRefusal.TenantSuspended => Problem.Of("tenant-suspended", "The tenant is suspended.", 403, outcome.Detail),
        _ => throw new InvalidOperationException($"{outcome.Refusal} has no problem."),
    };

    private sealed class Validator : AbstractValidator<TokenRequest>
    {
        public static readonly Validator Instance = new();

        private Validator() => RuleFor(request => request.Assertion).NotEmpty().MaximumLength(4096);
    }
}
