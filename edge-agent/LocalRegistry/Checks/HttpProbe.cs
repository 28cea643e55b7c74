using System.Globalization;
using System.Net;

namespace Saas.LocalRegistry.Checks;

/// <summary>An HTTP request: 2xx passes, 429 warns, anything else is critical.</summary>
internal sealed class HttpProbe : ICheckProbe
{
    private const int MaxRedirects = 10;

    private readonly CheckDefinition _definition;
    private readonly TimeProvider _time;
    private readonly HttpMessageInvoker _http;
    private readonly Uri? _target;

    public HttpProbe(CheckDefinition definition, TimeProvider time)
    {
        (_definition, _time) = (definition, time);
        _target = Uri.TryCreate(definition.Http, UriKind.Absolute, out var target) && target.Scheme is "http" or "https" ? target : null;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.Zero, // each look makes its own connection: one that is kept says nothing of the port
            AllowAutoRedirect = !definition.DisableRedirects,
            MaxAutomaticRedirections = MaxRedirects,
            UseCookies = false,
            UseProxy = false,
            SslOptions = ProbeTls.Options(definition, _target?.Host ?? ""),
        });
    }

    public async Task<CheckResult> ProbeAsync(CancellationToken ct)
    {
        if (_target is null)
        {
            return CheckResult.Critical($"{_definition.Http}: not an http or https URL");
        }

        using var limit = new ProbeTimeout(_definition.EffectiveTimeout, _time, ct);
        try
        {
            using var request = CreateRequest(_target);
            using var response = await _http.SendAsync(request, limit.Token);
            var body = await ReadBodyAsync(response, limit.Token);
            var status = string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {response.ReasonPhrase}");
            var output = $"HTTP {request.Method} {_definition.Http}: {status} Output: {body}";
            return response.StatusCode switch
            {
                >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => CheckResult.Passing(output),
                HttpStatusCode.TooManyRequests => CheckResult.Warning(output),
                _ => CheckResult.Critical(output),
            };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return CheckResult.Critical($"{Method.Method} \"{_definition.Http}\": no answer within {GoDuration.Format(_definition.EffectiveTimeout)}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return CheckResult.Critical($"{Method.Method} \"{_definition.Http}\": {e.Message}");
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpMethod Method => _definition.Method.Length > 0 ? new HttpMethod(_definition.Method) : HttpMethod.Get;

    private HttpRequestMessage CreateRequest(Uri target)
    {
        var request = new HttpRequestMessage(Method, target)
        {
            Content = _definition.Body.Length > 0 ? new StringContent(_definition.Body) { Headers = { ContentType = null } } : null,
        };
        foreach (var (name, values) in _definition.Header)
        {
            if (!request.Headers.TryAddWithoutValidation(name, values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values);
            }
        }

        if (!request.Headers.Contains("User-Agent"))
        {
            request.Headers.TryAddWithoutValidation("User-Agent", "Consul Health Check");
        }

        if (!request.Headers.Contains("Accept"))
        {
            request.Headers.TryAddWithoutValidation("Accept", "text/plain, text/*, */*");
        }

        return request;
    }

    /// <summary>The last of the body; a body without an end is read until the time is over.</summary>
    private async Task<string> ReadBodyAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var kept = new OutputRing(_definition.OutputBytes);
        await using var stream = await response.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[4096];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            kept.Append(buffer.AsSpan(0, read));
        }

        return kept.Text(out _);
    }
}
