using Microsoft.AspNetCore.Http;

namespace Saas.Hosting.Idempotency;

/// <summary>A response as it is kept for repetitions.</summary>
/// <param name="Headers">Those the handler set; the server adds its own again.</param>
internal sealed record StoredResponse(int Status, IReadOnlyDictionary<string, string[]> Headers, byte[] Body)
{
    public const string ReplayHeader = "Idempotency-Replayed";

    public bool IsSuccess => Status < StatusCodes.Status400BadRequest;

    /// <summary>Executes the result into memory. The response itself is as before, but for its headers.</summary>
    public static async Task<StoredResponse> CaptureAsync(HttpContext http, IResult result)
    {
        var wire = http.Response.Body;
        using var buffer = new MemoryStream();
        http.Response.Body = buffer;
        try
        {
            await result.ExecuteAsync(http);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }
        finally
        {
            http.Response.Body = wire;
        }

        var headers = http.Response.Headers
            .Where(h => !h.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
                && !h.Key.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(h => h.Key, h => h.Value.Select(v => v ?? "").ToArray(), StringComparer.OrdinalIgnoreCase);
        return new StoredResponse(http.Response.StatusCode, headers, buffer.ToArray());
    }

    public async Task WriteAsync(HttpContext http, bool isReplay)
    {
        http.Response.StatusCode = Status;
        foreach (var (name, values) in Headers)
        {
            http.Response.Headers[name] = values;
        }

        if (isReplay)
        {
            http.Response.Headers[ReplayHeader] = "true";
        }

        if (Status != StatusCodes.Status204NoContent)
        {
            http.Response.ContentLength = Body.Length;
            await http.Response.Body.WriteAsync(Body, http.RequestAborted);
        }
    }
}
