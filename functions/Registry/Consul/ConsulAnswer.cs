using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Saas.Registry.Consul;

/// <summary>An answer with the headers by which Consul's clients go on.</summary>
internal sealed class ConsulAnswer(Answer answer, string contentType, Consistency consistency) : IResult, IStatusCodeHttpResult
{
    /// <summary>The server sends a small answer with its headers when the request ends: one write to the socket.</summary>
    private const int SentAtTheEnd = 16 * 1024;

    private const string Json = "application/json";

    public int? StatusCode => answer.Status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var body = contentType == Json && IsPretty(httpContext.Request) ? Indented(answer.Body) : answer.Body;
        response.StatusCode = answer.Status;
        if (body.Length > 0)
        {
            response.ContentType = contentType;
        }

        response.ContentLength = body.Length;
        var headers = response.Headers;
        headers["X-Consul-Index"] = answer.Index.ToString(CultureInfo.InvariantCulture);
        headers["X-Consul-KnownLeader"] = "true";
        headers["X-Consul-LastContact"] = "0";
        headers["X-Consul-Effective-Consistency"] = consistency switch
        {
            Consistency.Stale => "stale",
            Consistency.Consistent => "consistent",
            _ => "leader",
        };
        headers["X-Consul-Default-ACL-Policy"] = "deny";
        headers.Vary = "Accept-Encoding";
        await response.StartAsync(httpContext.RequestAborted);
        if (body.Length <= SentAtTheEnd)
        {
            response.BodyWriter.Write(body.Span);
        }
        else
        {
            await response.BodyWriter.WriteAsync(body, httpContext.RequestAborted);
        }
    }

    public static bool IsPretty(HttpRequest request) => request.QueryString.HasValue && request.Query.ContainsKey("pretty");

    public static ReadOnlyMemory<byte> Indented(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var indented = new ArrayBufferWriter<byte>(json.Length * 2);
        using (var writer = new Utf8JsonWriter(indented, new JsonWriterOptions { Indented = true, IndentSize = 4 }))
        {
            document.WriteTo(writer);
        }

        return indented.WrittenMemory;
    }
}
