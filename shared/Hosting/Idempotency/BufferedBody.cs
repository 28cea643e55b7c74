using Microsoft.AspNetCore.Http;

namespace Saas.Hosting.Idempotency;

/// <summary>A body read whole and put back, so that it can be fingerprinted before its handler reads it.</summary>
internal static class BufferedBody
{
    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        await request.Body.CopyToAsync(buffer, ct);
        var body = buffer.ToArray();
        request.Body = new MemoryStream(body, writable: false);
        return body;
    }
}
