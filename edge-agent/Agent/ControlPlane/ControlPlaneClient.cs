using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Saas.Contracts;
using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.ControlPlane;

/// <summary>
/// Makes one request and says how it went: by its result, or by a <see cref="ControlPlaneException"/>. No retries, no
/// loops, no state: see the loops and <see cref="ControlPlaneSession"/>.
/// </summary>
internal sealed class ControlPlaneClient(HttpClient http, TimeProvider time)
{
    /// <summary>Beyond the time that a long poll may take.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);

    private const int MaxProblemBytes = 16 * 1024;

    /// <summary>An assignment larger than this is refused: no node runs so much.</summary>
    public const int MaxAnswerBytes = 8 * 1024 * 1024;

    public static HttpClient CreateHttp(Uri server) => new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        PooledConnectionLifetime = TimeSpan.FromMinutes(30), // so that a moved name is noticed
        AutomaticDecompression = DecompressionMethods.GZip,
        AllowAutoRedirect = false, // a redirect would carry the assertion elsewhere
        UseCookies = false,
    })
    {
        BaseAddress = server,
        Timeout = Timeout.InfiniteTimeSpan, // each request has its own
        MaxResponseContentBufferSize = MaxAnswerBytes,
    };

    public Task<EnrolResponse> EnrolAsync(EnrolRequest request, CancellationToken ct) => SendAsync(
        HttpMethod.Post, AgentProtocol.EnrolPath, null, Body(request, AgentJson.Default.EnrolRequest),
        AgentJson.Default.EnrolResponse, TimeSpan.Zero, ct);

    public Task<TokenResponse> RequestTokenAsync(string assertion, CancellationToken ct) => SendAsync(
        HttpMethod.Post, AgentProtocol.TokenPath, null, Body(new TokenRequest(assertion), AgentJson.Default.TokenRequest),
        AgentJson.Default.TokenResponse, TimeSpan.Zero, ct);

    public Task<NodeResponse> PutNodeAsync(string bearer, NodeFingerprint fingerprint, CancellationToken ct) => SendAsync(
        HttpMethod.Put, AgentProtocol.NodePath, bearer, Body(fingerprint, AgentJson.Default.NodeFingerprint),
        AgentJson.Default.NodeResponse, TimeSpan.Zero, ct);

    /// <param name="wait">Whole seconds, 0 to 60.</param>
    public Task<NodeAssignment> GetAssignmentAsync(string bearer, long index, TimeSpan wait, CancellationToken ct) => SendAsync(
        HttpMethod.Get, $"{AgentProtocol.AssignmentPath}?index={index}&wait={(int)wait.TotalSeconds}", bearer, null,
        AgentJson.Default.NodeAssignment, wait, ct);

    public Task PutAllocationsAsync(string bearer, AllocationReports reports, CancellationToken ct) => SendAsync<object>(
        HttpMethod.Put, AgentProtocol.AllocationsPath, bearer, Body(reports, AgentJson.Default.AllocationReports), null, TimeSpan.Zero, ct);

    public Task PostUsageAsync(string bearer, UsageReport report, CancellationToken ct) => SendAsync<object>(
        HttpMethod.Post, AgentProtocol.UsagePath, bearer, Body(report, AgentJson.Default.UsageReport), null, TimeSpan.Zero, ct);

    /// <param name="wait">Whole seconds, 0 to 60.</param>
    public Task<OpenSessions> GetSessionsAsync(string bearer, string mark, TimeSpan wait, CancellationToken ct) => SendAsync(
        HttpMethod.Get, $"{AgentProtocol.SessionsPath}?mark={mark}&wait={(int)wait.TotalSeconds}", bearer, null,
        AgentJson.Default.OpenSessions, wait, ct);

    public Task<SessionReceipt> PushFramesAsync(string bearer, string sessionId, SessionFrames frames, CancellationToken ct) => SendAsync(
        HttpMethod.Post, AgentProtocol.SessionFramesPath(sessionId), bearer, Body(frames, AgentJson.Default.SessionFrames),
        AgentJson.Default.SessionReceipt, TimeSpan.Zero, ct);

    /// <param name="wait">Whole seconds, 0 to 60.</param>
    public Task<SessionFrames> PullFramesAsync(string bearer, string sessionId, long after, TimeSpan wait, CancellationToken ct) => SendAsync(
        HttpMethod.Get, $"{AgentProtocol.SessionFramesPath(sessionId)}?after={after}&wait={(int)wait.TotalSeconds}", bearer, null,
        AgentJson.Default.SessionFrames, wait, ct);

    private async Task<TResult> SendAsync<TResult>(
        HttpMethod method, string path, string? bearer, HttpContent? body, JsonTypeInfo<TResult>? resultType, TimeSpan wait, CancellationToken ct)
        where TResult : class
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        request.Headers.Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer);
        using var timeout = new CancellationTokenSource(wait + AnswerTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw await RefusalAsync(response, path, either.Token);
            }

            return resultType is null ? null! : await ReadAsync(response, path, resultType, either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new ControlPlaneException(ControlPlaneFault.Unavailable, $"{path}: no answer in time", e);
        }
        catch (HttpRequestException e)
        {
            throw new ControlPlaneException(ControlPlaneFault.Unavailable, $"{path}: {e.Message}", e);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, string path, JsonTypeInfo<T> type, CancellationToken ct)
    {
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(ct);
            return await JsonSerializer.DeserializeAsync(stream, type, ct) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new ControlPlaneException(ControlPlaneFault.Unavailable, $"{path}: the answer is not the protocol's: {e.Message}", e);
        }
    }

    private async Task<ControlPlaneException> RefusalAsync(HttpResponseMessage response, string path, CancellationToken ct)
    {
        var retryAfter = RetryAfter(response);
        var fault = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => ControlPlaneFault.Unauthorized,
            HttpStatusCode.TooManyRequests => ControlPlaneFault.Throttled,
            HttpStatusCode.ServiceUnavailable when retryAfter is not null => ControlPlaneFault.Throttled,
            HttpStatusCode.RequestTimeout => ControlPlaneFault.Unavailable,
            >= HttpStatusCode.InternalServerError or < HttpStatusCode.BadRequest => ControlPlaneFault.Unavailable,
            _ => ControlPlaneFault.Refused,
        };
        return new ControlPlaneException(fault, $"{path}: {(int)response.StatusCode} {await ProblemTitleAsync(response, ct)}")
        {
            Status = response.StatusCode,
            RetryAfter = retryAfter,
            ServerTime = response.Headers.Date,
        };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow() is var wait && wait > TimeSpan.Zero ? wait : TimeSpan.Zero,
        _ => null,
    };

    private static async Task<string> ProblemTitleAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(ct);
        try
        {
            using var problem = JsonDocument.Parse(bytes.AsMemory(0, Math.Min(bytes.Length, MaxProblemBytes)));
            return problem.RootElement.TryGetProperty("title", out var title) ? title.ToString() : "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return response.ReasonPhrase ?? "";
        }
    }

    private static ByteArrayContent Body<T>(T value, JsonTypeInfo<T> type) =>
        new(JsonSerializer.SerializeToUtf8Bytes(value, type)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
}
