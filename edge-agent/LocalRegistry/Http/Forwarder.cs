using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Saas.LocalRegistry.Http;

/// <summary>
/// Passes a request on to the Registry app as it is, with the credential that it bears or with none: the agent's own is never
/// lent. Bodies stream both ways. Nothing of the request is kept or logged.
/// </summary>
internal sealed class Forwarder : IDisposable
{
    private static readonly HashSet<string> HopByHop = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Host", "Expect",
    };

    private readonly Uri _server;
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        PooledConnectionLifetime = TimeSpan.FromMinutes(30),
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
    });

    public Forwarder(Uri server) => _server = server;

    /// <returns>False: the registry could not be reached, and nothing was answered or read.</returns>
    public async Task<bool> TryAsync(HttpContext http, CancellationToken ct)
    {
        using var request = CreateRequest(http);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, ct);
        }
        catch (HttpRequestException)
        {
            // The caller answers for it, and says so to the client.
            return false;
        }

        using (response)
        {
            await AnswerAsync(http, response, ct);
            return true;
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage CreateRequest(HttpContext http)
    {
        var from = http.Request;
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var request = new HttpRequestMessage(new HttpMethod(from.Method), new Uri(_server, target));
        if (from.ContentLength > 0 || from.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(from.Body);
        }

        foreach (var (name, values) in from.Headers)
        {
            if (!HopByHop.Contains(name) && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        return request;
    }

    private static async Task AnswerAsync(HttpContext http, HttpResponseMessage response, CancellationToken ct)
    {
        http.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            if (!HopByHop.Contains(name))
            {
                http.Response.Headers[name] = new StringValues([.. values]);
            }
        }

        await using var body = await response.Content.ReadAsStreamAsync(ct);
        await body.CopyToAsync(http.Response.Body, ct);
    }
}
