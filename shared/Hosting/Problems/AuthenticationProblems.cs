using Microsoft.AspNetCore.Http;
using Saas.Identity.Access;

namespace Saas.Hosting.Problems;

/// <summary>One problem type for each way a credential can fail, and for what it does not permit.</summary>
internal static class AuthenticationProblems
{
    public static readonly Problem Missing =
        Problem.Of("unauthenticated", "A credential is required.", StatusCodes.Status401Unauthorized);

    public static Problem Forbidden(string action) => Problem.Of(
        "forbidden", "The credential does not permit this.", StatusCodes.Status403Forbidden, $"It does not permit {action} here.");

    public static Problem Of(AuthenticationFailure failure) => failure switch
    {
        AuthenticationFailure.Malformed =>
            Problem.Of("credential-malformed", "The credential has not the form of any credential.", 401),
        AuthenticationFailure.Unknown => Problem.Of("credential-unknown", "The credential is not known.", 401),
        AuthenticationFailure.Expired => Problem.Of("credential-expired", "The credential has expired.", 401),
        AuthenticationFailure.Revoked => Problem.Of("credential-revoked", "The credential was revoked.", 401),
        AuthenticationFailure.TenantSuspended => Problem.Of("tenant-suspended", "The tenant is suspended.", 403),
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, "Not a failure authentication has."),
    };
}
