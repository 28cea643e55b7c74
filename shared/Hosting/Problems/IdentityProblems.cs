using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Saas.Identity;

namespace Saas.Hosting.Problems;

/// <summary>The one place where identity's expected failures become problem details.</summary>
public static class IdentityProblems
{
    public static Problem Of(IdentityError error) => error.Kind switch
    {
        IdentityErrorKind.NotFound =>
            Problem.Of("not-found", "There is no such thing.", StatusCodes.Status404NotFound, error.Detail),
        IdentityErrorKind.NameTaken => Problem.Conflict("name-taken", error.Detail),
        IdentityErrorKind.QuotaExceeded =>
            Problem.Of("quota-exceeded", "The plan's quota is used up.", StatusCodes.Status403Forbidden, error.Detail),
        IdentityErrorKind.PrivilegeEscalation =>
            Problem.Of("privilege-escalation", "The caller would give more than it has.", StatusCodes.Status403Forbidden, error.Detail),
        IdentityErrorKind.LastOwner => Problem.Conflict("last-owner-key", error.Detail),
        IdentityErrorKind.InUse => Problem.Conflict("in-use", error.Detail),
        IdentityErrorKind.WrongState => Problem.Conflict("wrong-state", error.Detail),
        _ => throw new UnreachableException($"No problem for {error.Kind}."),
    };
}
