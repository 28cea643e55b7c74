using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Saas.Encryption.Vault;

/// <summary>An answer ready to be sent; its buffer goes back to the pool once it is.</summary>
internal sealed class VaultAnswer(int status, int capacity) : IResult, IStatusCodeHttpResult
{
    public static readonly IResult Empty = new NoContent();

    public PooledBuffer Body { get; } = new(capacity);

    public int? StatusCode => status;

    /// <summary>The server sends a small answer with its headers when the request ends: one write to the socket.</summary>
    private const int SentAtTheEnd = 16 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var body = Body;
        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = VaultJson.ContentType;
        response.ContentLength = body.WrittenCount;
        response.Headers.CacheControl = VaultJson.NoStore;
        await response.StartAsync(httpContext.RequestAborted);
        if (body.WrittenCount <= SentAtTheEnd)
        {
            response.BodyWriter.Write(body.WrittenSpan);
        }
        else
        {
            await response.BodyWriter.WriteAsync(body.WrittenMemory, httpContext.RequestAborted);
        }
    }

    private sealed class NoContent : IResult, IStatusCodeHttpResult
    {
        public int? StatusCode => StatusCodes.Status204NoContent;

        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status204NoContent;
            httpContext.Response.Headers.CacheControl = VaultJson.NoStore;
            return Task.CompletedTask;
        }
    }
}
