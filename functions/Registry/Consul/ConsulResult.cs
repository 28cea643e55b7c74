using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Saas.Registry.Consul;

/// <summary>What changing endpoints answer: JSON, without the headers of a query.</summary>
internal sealed class ConsulResult(int status, ReadOnlyMemory<byte> json) : IResult, IStatusCodeHttpResult
{
    /// <summary>The bare word that most changes are answered with.</summary>
    public static readonly ConsulResult True = new(StatusCodes.Status200OK, "true"u8.ToArray());

    public static readonly ConsulResult False = new(StatusCodes.Status200OK, "false"u8.ToArray());

    public int? StatusCode => status;

    public static ConsulResult Of(bool value) => value ? True : False;

    public static ConsulResult Of<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        new(status, JsonSerializer.SerializeToUtf8Bytes(value, type));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var body = ConsulAnswer.IsPretty(httpContext.Request) ? ConsulAnswer.Indented(json) : json;
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body, httpContext.RequestAborted);
    }
}
