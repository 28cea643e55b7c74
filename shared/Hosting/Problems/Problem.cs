using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Modules;

namespace Saas.Hosting.Problems;

/// <summary>
/// An error as the client sees it: problem details (RFC 9457). Types are stable; clients tell errors apart by them.
/// Nothing secret and nothing of another tenant goes into one.
/// </summary>
/// <param name="Type"><c>urn:saas:problem:</c> and a name in kebab case.</param>
/// <param name="Title">The same for every occurrence of the type.</param>
/// <param name="Retryable">Whether the same request may succeed later.</param>
public sealed record Problem(string Type, string Title, int Status, string? Detail = null, bool Retryable = false)
    : IResult, IStatusCodeHttpResult
{
    public const string MediaType = "application/problem+json";

    private const string Urn = "urn:saas:problem:";

    public IReadOnlyList<FieldError>? Errors { get; init; }

    /// <summary>Trace id of the request: what to quote to support. Filled in when the problem is written.</summary>
    public string? TraceId { get; init; }

    /// <summary>When to try again; sent as Retry-After, in whole seconds, rounded up.</summary>
    [JsonIgnore]
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How the peer's protocol that the module answers says this, where that does not follow from the type.</summary>
    [JsonIgnore]
    public PeerError? Peer { get; init; }

    /// <summary>The problem as our own document, also where the module answers a peer's protocol: for its routes that are ours.</summary>
    [JsonIgnore]
    public IResult Document => new ProblemDocument(this);

    /// <summary>The part of the type that tells it from others.</summary>
    [JsonIgnore]
    public string Name => Type[Urn.Length..];

    [JsonIgnore]
    int? IStatusCodeHttpResult.StatusCode => Status;

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

    public static Problem TooManyRequests(string detail, TimeSpan retryAfter) =>
        Of("too-many-requests", "Too many requests.", StatusCodes.Status429TooManyRequests, detail, retryable: true)
            with { RetryAfter = retryAfter };

    public static Problem Unavailable() =>
        Of("unavailable", "The platform is unavailable for the moment.", StatusCodes.Status503ServiceUnavailable, retryable: true)
            with { RetryAfter = TimeSpan.FromSeconds(2) };

    public static Problem Internal() =>
        Of("internal-error", "The request failed through no fault of yours.", StatusCodes.Status500InternalServerError, retryable: true);

    public static Problem TooLarge() =>
        Of("body-too-large", "The request body is too large.", StatusCodes.Status413PayloadTooLarge);

    public static Problem UnsupportedMediaType(string? came) =>
        Of("unsupported-media-type", "The request body must be JSON.", StatusCodes.Status415UnsupportedMediaType, $"Expected Content-Type application/json; {came ?? "none"} came.");

    public Task ExecuteAsync(HttpContext httpContext) =>
        httpContext.RequestServices?.GetService<IWireProtocol>() is { } protocol
            ? protocol.ErrorOf(this, httpContext).ExecuteAsync(httpContext)
            : WriteAsync(httpContext);

    internal async Task WriteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var written = TraceId is null && Activity.Current is { } activity ? this with { TraceId = activity.TraceId.ToHexString() } : this;
        var body = JsonSerializer.SerializeToUtf8Bytes(written, ProblemJson.Default.Problem);
        response.StatusCode = Status;
        response.ContentType = MediaType;
        response.ContentLength = body.Length;
        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString();
        }

        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}

/// <summary>An error in the words of a peer's protocol.</summary>
public sealed record PeerError(int Status, string Text);

/// <summary>A problem whatever the module's protocol is.</summary>
internal sealed class ProblemDocument(Problem problem) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => problem.Status;

    public Task ExecuteAsync(HttpContext httpContext) => problem.WriteAsync(httpContext);
}

/// <param name="Field">Path of the field; empty for the whole body.</param>
/// <param name="Message">What was expected and what came.</param>
public sealed record FieldError(string Field, string Message);

/// <summary>Ends the request with the problem: for faults found deep in binding; handlers return problems.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Title)
{
    public Problem Problem { get; } = problem;
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ProblemJson : JsonSerializerContext;
