using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning;

/// <summary>Answers as Nomad's clients expect them: the index of what was read goes into headers.</summary>
internal static class NomadResponses
{
    private const int MaxPerPage = 1000;

    /// <param name="index">Never sent as 0: clients take that for "unknown".</param>
    public static IResult Ok<T>(ApiRequest request, T value, JsonTypeInfo<T> type, long index)
    {
        NomadAnswer.SetHeaders(request.Http.Response.Headers, index);
        return Results.Json(value, type);
    }

    public static void NextPage(ApiRequest request, string? token)
    {
        if (token is not null)
        {
            request.Http.Response.Headers["X-Nomad-NextToken"] = token;
        }
    }

    /// <summary>Nomad's <c>per_page</c>; null: everything.</summary>
    /// <exception cref="ProblemException">400: not a number of 1 or more.</exception>
    public static int? PerPage(ApiRequest request)
    {
        if (request.Query("per_page") is not { Length: > 0 } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var perPage)
            ? perPage == 0 ? null : Math.Min(perPage, MaxPerPage)
            : throw new ProblemException(Problem.Invalid("per_page", "Expected a number."));
    }

    /// <summary>What a list cannot do yet is refused: an unfiltered answer would be a wrong one.</summary>
    /// <exception cref="ProblemException">400: a filter was given.</exception>
    public static void RefuseFilter(ApiRequest request)
    {
        if (!string.IsNullOrEmpty(request.Query("filter")))
        {
            throw new ProblemException(Problem.Invalid("filter", "Filter expressions are not supported; use prefix."));
        }
    }
}
