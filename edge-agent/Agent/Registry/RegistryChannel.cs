using System.Net;
using System.Net.Http.Headers;
using Saas.EdgeAgent.ControlPlane;
using Saas.LocalRegistry.Sync;

namespace Saas.EdgeAgent.Registry;

/// <summary>The Registry app, spoken to with the node's access token: once more with a new one if that was refused.</summary>
internal sealed class RegistryChannel(HttpClient http, AccessTokens tokens) : IRegistryChannel
{
    public static HttpClient CreateHttp(Uri server) => new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        PooledConnectionLifetime = TimeSpan.FromMinutes(30), // so that a moved name is noticed
        AutomaticDecompression = DecompressionMethods.GZip,
        AllowAutoRedirect = false, // a redirect would carry the token elsewhere
        UseCookies = false,
    })
    {
        BaseAddress = server,
        Timeout = Timeout.InfiniteTimeSpan, // each request has its own
    };

    public Uri Address => http.BaseAddress!;

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string pathAndQuery, ReadOnlyMemory<byte>? body, CancellationToken ct)
    {
        var token = await TokenAsync(ct);
        var response = await SendOnceAsync(method, pathAndQuery, body, token, ct);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
        {
            return response;
        }

        response.Dispose();
        await tokens.DiscardAsync(token, ct);
        return await SendOnceAsync(method, pathAndQuery, body, await TokenAsync(ct), ct);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(
        HttpMethod method, string pathAndQuery, ReadOnlyMemory<byte>? body, string token, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, pathAndQuery)
        {
            Content = body is { } bytes ? new ReadOnlyMemoryContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } : null,
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    private async Task<string> TokenAsync(CancellationToken ct)
    {
        try
        {
            return await tokens.GetAsync(ct);
        }
        catch (ControlPlaneException e)
        {
            throw new RegistryException(
                e.Fault == ControlPlaneFault.Throttled ? RegistryFault.Throttled : RegistryFault.Unavailable, $"no access token: {e.Message}", e)
            {
                RetryAfter = e.RetryAfter,
            };
        }
    }
}
