using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Discovery.Wire;
using Saas.LocalRegistry.Registrations;

namespace Saas.LocalRegistry.Http;

/// <summary>A request is refused: in Consul's way, a status and a line of text.</summary>
internal sealed class ApiRefusal(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    public static ApiRefusal BadRequest(string message) => new(StatusCodes.Status400BadRequest, message);

    public static ApiRefusal NotFound(string message) => new(StatusCodes.Status404NotFound, message);

    public static ApiRefusal Internal(string message) => new(StatusCodes.Status500InternalServerError, message);
}

/// <summary>One request of a local client.</summary>
/// <param name="Id">What follows the route's prefix, unescaped.</param>
internal sealed record ApiCall(HttpContext Http, string Id)
{
    private const int MaxProjectLength = 64;

    public HttpRequest Request => Http.Request;

    /// <summary>The first value of a query parameter; null: it is not there.</summary>
    public string? Query(string name) => Request.Query.TryGetValue(name, out var values) ? values[0] ?? "" : null;

    /// <summary>The project that is meant: by <c>ns</c>, the header, the body, in this order.</summary>
    /// <exception cref="ApiRefusal">It cannot be one's name.</exception>
    public string Project(string? ofBody = null)
    {
        var name = Query("ns") is { Length: > 0 } query ? query
            : Request.Headers["X-Consul-Namespace"] is [{ Length: > 0 } header, ..] ? header
            : string.IsNullOrEmpty(ofBody) ? RegistrationStore.DefaultProject : ofBody;
        return name.Length <= MaxProjectLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? name
            : throw ApiRefusal.BadRequest($"Invalid namespace: {MaxProjectLength} letters, digits, '-' and '_' at most");
    }

    /// <exception cref="ApiRefusal">It is none, or too long.</exception>
    public async Task<JsonDocument> ReadJsonAsync(CancellationToken ct)
    {
        try
        {
            if (Request.ContentLength == 0)
            {
                throw ApiRefusal.BadRequest("Request decode failed: EOF");
            }

            return await JsonDocument.ParseAsync(Request.Body, default, ct);
        }
        catch (JsonException e)
        {
            throw ApiRefusal.BadRequest($"Request decode failed: {e.Message}");
        }
    }

    public async Task AnswerAsync(int status, Action<Utf8JsonWriter> write, CancellationToken ct)
    {
        using var body = new MemoryStream();
        await using (var writer = new Utf8JsonWriter(body, WireJson.Options with { Indented = Request.Query.ContainsKey("pretty"), IndentSize = 4 }))
        {
            write(writer);
        }

        Http.Response.StatusCode = status;
        Http.Response.ContentType = "application/json";
        Http.Response.ContentLength = body.Length;
        await Http.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), ct);
    }

    public Task AnswerAsync(Action<Utf8JsonWriter> write, CancellationToken ct) => AnswerAsync(StatusCodes.Status200OK, write, ct);

    public async Task AnswerTextAsync(int status, string text, CancellationToken ct)
    {
        Http.Response.StatusCode = status;
        Http.Response.ContentType = "text/plain; charset=utf-8";
        await Http.Response.WriteAsync(text, ct);
    }
}
