using Microsoft.AspNetCore.Http;
using Saas.Hosting.Problems;

namespace Saas.Provisioning;

/// <summary>Errors with Nomad's status and text, which its clients show and sometimes compare.</summary>
internal static class NomadRefusals
{
    /// <summary>400: what was sent cannot be right.</summary>
    public static Problem Invalid(string text) =>
        Problem.Of("invalid-request", "The request is not valid.", StatusCodes.Status400BadRequest, text);

    /// <summary>404</summary>
    public static Problem NotFound(string text) => Problem.Of("not-found", "There is no such thing.", StatusCodes.Status404NotFound, text);

    /// <summary>
    /// 500: as things are it cannot be done. Nomad answers so whatever its servers refuse, without telling whose fault it is.
    /// </summary>
    public static Problem Refused(string text) =>
        Problem.Of("refused", "It cannot be done as things are.", StatusCodes.Status500InternalServerError, text);
}
