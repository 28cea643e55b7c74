using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace Saas.Hosting.Problems;

/// <summary>
/// An error as the client sees it: problem details (RFC 9457). Types are stable; clients tell errors apart by them.
/// Nothing secret and nothing of another tenant goes into one.
/// </summary>
/// <param name="Type"><c>urn:saas:problem:</c> and a name in kebab case.</param>
/// <param name="Title">The same for every occurrence of the type.</param>
/// <param name="Retryable">Whether the same request may succeed later.</param>
public sealed record Problem(string Type, string Title, int Status, string? Detail = null, bool Retryable = false) : IResult
{
    private const string Urn = "urn:saas:problem:";

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldError>? Errors { get; init; }

    /// <summary>Trace id of the request: what to quote to support.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }

    public static Problem Of(string name, string title, int status, string? detail = null, bool retryable = false) =>
        new(Urn + name, title, status, detail, retryable);

    public static Problem Invalid(IEnumerable<FieldError> errors) =>
        Of("invalid-request", "The request is not valid.", StatusCodes.Status400BadRequest) with { Errors = [.. errors] };

    public static Problem Invalid(string field, string message) => Invalid([new FieldError(field, message)]);

    public static Problem NotFound(string what) =>
        Of("not-found", "There is no such thing.", StatusCodes.Status404NotFound, $"No such {what}.");

    public static Problem Conflict(string name, string detail) =>
        Of(name, "The request conflicts with the present state.", StatusCodes.Status409Conflict, detail);

    public static Problem NoSuchRoute() =>
        Of("no-such-route", "There is nothing at this address.", StatusCodes.Status404NotFound);

    /// <summary>The Allow header, which routing sets, names the right ones.</summary>
    public static Problem MethodNotAllowed() =>
        Of("method-not-allowed", "The address does not have this method.", StatusCodes.Status405MethodNotAllowed);

    public static Problem Unavailable() =>
        Of("unavailable", "The platform is unavailable for the moment.", StatusCodes.Status503ServiceUnavailable, retryable: true);

    public static Problem Internal() =>
        Of("internal-error", "The request failed through no fault of yours.", StatusCodes.Status500InternalServerError, retryable: true);

    public static Problem TooLarge() =>
        Of("body-too-large", "The request body is too large.", StatusCodes.Status413PayloadTooLarge);

    public static Problem UnsupportedMediaType(string? came) =>
        Of("unsupported-media-type", "The request body must be JSON.", StatusCodes.Status415UnsupportedMediaType, $"Expected Content-Type application/json; {came ?? "none"} came.");

    public Task ExecuteAsync(HttpContext httpContext) =>
        Results.Json(this, ProblemJson.Default.Problem, "application/problem+json", Status).ExecuteAsync(httpContext);
}

/// <param name="Field">Path of the field; empty for the whole body.</param>
/// <param name="Message">What was expected and what came.</param>
public sealed record FieldError(string Field, string Message);

/// <summary>Ends the request with the problem: for faults found deep in binding; handlers return problems.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Title)
{
    public Problem Problem { get; } = problem;
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ProblemJson : JsonSerializerContext;
