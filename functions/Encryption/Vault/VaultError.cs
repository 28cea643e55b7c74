using Microsoft.AspNetCore.Http;
using System.Text.Json;

namespace Saas.Encryption.Vault;

/// <summary>An error in Vault's body: <c>{"errors":["…"]}</c>; a 404 without text has an empty list.</summary>
internal sealed record VaultError(int Status, params IReadOnlyList<string> Errors) : IResult, IStatusCodeHttpResult
{
    public TimeSpan? RetryAfter { get; init; }

    int? IStatusCodeHttpResult.StatusCode => Status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var body = new PooledBuffer();
        using (var json = new Utf8JsonWriter(body, VaultJson.Writing))
        {
            json.WriteStartObject();
            json.WriteStartArray("errors");
            foreach (var error in Errors)
            {
                json.WriteStringValue(error);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = VaultJson.ContentType;
        response.ContentLength = body.WrittenCount;
        response.Headers.CacheControl = VaultJson.NoStore;
        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString();
        }

        await response.Body.WriteAsync(body.WrittenMemory, httpContext.RequestAborted);
    }
}

/// <summary>Ends the request with the error: for faults found where no response can be returned.</summary>
internal sealed class VaultException(VaultError error) : Exception(string.Join("; ", error.Errors))
{
    public VaultException(int status, string message)
        : this(new VaultError(status, message))
    {
    }

    public VaultError Error { get; } = error;

    public static VaultException BadRequest(string message) => new(StatusCodes.Status400BadRequest, message);
}
