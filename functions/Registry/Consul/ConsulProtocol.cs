using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;

namespace Saas.Registry.Consul;

/// <summary>
/// What Consul's HTTP API does otherwise than ours: an error is a status and a line of text, whoever has no good token is
/// answered 403, and <c>%2F</c> in a path is a slash.
/// </summary>
internal sealed class ConsulProtocol : IWireProtocol
{
    public void Prepare(HttpContext http)
    {
        var request = http.Request;
        var path = request.Path.Value ?? "";
        if (path.Contains("%2F", StringComparison.OrdinalIgnoreCase)
            && http.Features.Get<IHttpRequestFeature>()?.RawTarget is { } target && target.StartsWith('/'))
        {
            var query = target.IndexOf('?', StringComparison.Ordinal);
            request.Path = Uri.UnescapeDataString(query < 0 ? target : target[..query]);
        }
    }

    public IResult ErrorOf(Problem problem, HttpContext http) => new ConsulError(
        problem.Status == StatusCodes.Status401Unauthorized ? StatusCodes.Status403Forbidden : problem.Status,
        TextOf(problem, http),
        problem.RetryAfter);

    private static string TextOf(Problem problem, HttpContext http) => problem.Name switch
    {
        "unauthenticated" => "Permission denied: anonymous token lacks permission: expected an API key in X-Consul-Token",
        "credential-malformed" or "credential-unknown" or "credential-expired" or "credential-revoked" => "ACL not found",
        "forbidden" => "Permission denied: " + problem.Detail,
        "no-such-route" => "Invalid URL path: not a recognized HTTP API endpoint",
        "method-not-allowed" => string.Create(CultureInfo.InvariantCulture, $"method {http.Request.Method} not allowed"),
        "body-too-large" => "Request body too large",
        "invalid-request" when problem.Errors is { Count: > 0 } errors =>
            "Request decode failed: " + string.Join("; ", errors.Select(e => e.Field.Length == 0 ? e.Message : $"{e.Field}: {e.Message}")),
        _ => problem.Detail ?? problem.Title,
    };
}

/// <summary>An error as Consul's clients expect it: text, for people.</summary>
internal sealed class ConsulError(int status, string text, TimeSpan? retryAfter = null) : IResult, IStatusCodeHttpResult
{
    public int? StatusCode => status;

    public string Text => text;

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        if (retryAfter is { } after)
        {
            response.Headers.RetryAfter = Math.Ceiling(after.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return response.WriteAsync(text, httpContext.RequestAborted);
    }
}
