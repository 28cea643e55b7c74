using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Saas.Contracts;
using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Tests.Fakes;

/// <summary>Speaks the agents' protocol on a loopback port, checks what it is sent as the real one does, and fails on demand.</summary>
public sealed class FakeControlPlane : IAsyncDisposable
{
    public const string Token = "saasenr_test";

    private readonly Lock _gate = new();
    private readonly WebApplication _app;
    private readonly Dictionary<string, ECDsa> _keys = [];
    private readonly HashSet<string> _usedAssertions = [];
    private readonly ConcurrentDictionary<string, bool> _accessTokens = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private NodeAssignment _assignment;

    private FakeControlPlane(WebApplication app)
    {
        _app = app;
        NodeId = EntityId.New("node", TimeProvider.System);
        _assignment = new NodeAssignment { NodeId = NodeId, Index = 0, Epoch = 1, Allocations = [] };
    }

    public string TenantId { get; } = EntityId.New("ten", TimeProvider.System);
    public string NodeId { get; }
    public Uri Address { get; private set; } = null!;

    /// <summary>The server's clock is this far from the machine's.</summary>
    public TimeSpan ClockOffset { get; set; }

    public bool IsRevoked { get; set; }
    public NodeFingerprint? Fingerprint { get; private set; }
    public int Enrolments { get; private set; }
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Latest report by allocation.</summary>
    public ConcurrentDictionary<string, AllocationReport> Reports { get; } = new();

    /// <summary>Every report in the order it came.</summary>
    public ConcurrentQueue<AllocationReport> AllReports { get; } = new();

    /// <summary>By allocation and start, as the platform counts them.</summary>
    public ConcurrentDictionary<(string Allocation, DateTimeOffset From), UsageSample> Usage { get; } = new();

    /// <summary>Asked before each request is served; true if it answered itself.</summary>
    public Func<HttpContext, Task<bool>> Fault { get; set; } = _ => Task.FromResult(false);

    /// <summary>True: the request takes effect, and its answer is lost.</summary>
    public Func<HttpContext, bool> LoseAnswer { get; set; } = _ => false;

    public static async Task<FakeControlPlane> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var plane = new FakeControlPlane(builder.Build());
        plane.Map();
        await plane._app.StartAsync();
        plane.Address = new Uri(plane._app.Urls.Single());
        return plane;
    }

    public void Assign(params IReadOnlyList<AssignedAllocation> allocations)
    {
        lock (_gate)
        {
            _assignment = _assignment with { Index = _assignment.Index + 1, Allocations = allocations };
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public void RevokeAccessTokens() => _accessTokens.Clear();

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private void Map()
    {
        _app.Use(async (context, next) =>
        {
            Requests.Enqueue($"{context.Request.Method} {context.Request.Path}");
            context.Response.Headers.Date = (TimeProvider.System.GetUtcNow() + ClockOffset).ToString("R");
            if (await Fault(context))
            {
                return;
            }

            if (LoseAnswer(context))
            {
                var real = context.Response.Body;
                context.Response.Body = Stream.Null;
                await next(context);
                context.Response.Body = real;
                context.Abort();
                return;
            }

            await next(context);
        });
        _app.MapPost(AgentProtocol.EnrolPath, EnrolAsync);
        _app.MapGet(AgentProtocol.SessionsPath, (HttpContext http) => AuthorizedAsync(http, async () =>
        {
            await Task.Delay(TimeSpan.FromSeconds(50), http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // no client asks for anything
            await WriteAsync(http, new OpenSessions("", []), AgentJson.Default.OpenSessions);
        }));
        _app.MapPost(AgentProtocol.TokenPath, IssueTokenAsync);
        _app.MapPut(AgentProtocol.NodePath, (HttpContext http) => AuthorizedAsync(http, async () =>
        {
            Fingerprint = await ReadAsync(http, AgentJson.Strict.NodeFingerprint);
            await WriteAsync(http, new NodeResponse(NodeId, 9), AgentJson.Default.NodeResponse);
        }));
        _app.MapGet(AgentProtocol.AssignmentPath, (HttpContext http) => AuthorizedAsync(http, () => PollAsync(http)));
        _app.MapPut(AgentProtocol.AllocationsPath, (HttpContext http) => AuthorizedAsync(http, async () =>
        {
            foreach (var report in (await ReadAsync(http, AgentJson.Strict.AllocationReports)).Allocations)
            {
                AllReports.Enqueue(report);
                Reports.AddOrUpdate(report.Id, report, (_, known) => known.Revision > report.Revision ? known : report);
            }

            http.Response.StatusCode = StatusCodes.Status204NoContent;
        }));
        _app.MapPost(AgentProtocol.UsagePath, (HttpContext http) => AuthorizedAsync(http, async () =>
        {
            foreach (var sample in (await ReadAsync(http, AgentJson.Strict.UsageReport)).Samples)
            {
                Usage.TryAdd((sample.AllocationId, sample.From), sample);
            }

            http.Response.StatusCode = StatusCodes.Status202Accepted;
        }));
    }

    private async Task EnrolAsync(HttpContext http)
    {
        var request = await ReadAsync(http, AgentJson.Strict.EnrolRequest);
        if (request.Token != Token || (_keys.Count > 0 && !_keys.ContainsKey(request.PublicKey)))
        {
            await RefuseAsync(http, StatusCodes.Status403Forbidden, "The enrolment token is not valid");
            return;
        }

        var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(request.PublicKey), out _);
        _keys[request.PublicKey] = key;
        Enrolments++;
        http.Response.StatusCode = StatusCodes.Status201Created;
        await WriteAsync(http, new EnrolResponse(TenantId, EntityId.New("site", TimeProvider.System), NodeId), AgentJson.Default.EnrolResponse);
    }

    private async Task IssueTokenAsync(HttpContext http)
    {
        var request = await ReadAsync(http, AgentJson.Strict.TokenRequest);
        var now = TimeProvider.System.GetUtcNow() + ClockOffset;
        var claims = AgentAssertion.ReadUnverified(request.Assertion);
        var refusal = claims switch
        {
            null => "malformed",
            _ when IsRevoked => "the node is revoked",
            _ when claims.Iss != NodeId || claims.Ten != TenantId || claims.Aud != AgentAssertion.Audience => "not of this node",
            _ when !_keys.Values.Any(key => AgentAssertion.IsSignedBy(key, request.Assertion)) => "signature",
            _ when (DateTimeOffset.FromUnixTimeSeconds(claims.Iat) - now).Duration() > AgentProtocol.AllowedClockSkew => "clock skew",
            _ when DateTimeOffset.FromUnixTimeSeconds(claims.Exp) < now => "expired",
            _ when claims.Exp - claims.Iat > AgentProtocol.MaxAssertionLifetime.TotalSeconds => "lives too long",
            _ when !_usedAssertions.Add(claims.Jti) => "replayed",
            _ => null,
        };
        if (refusal is not null)
        {
            await RefuseAsync(http, StatusCodes.Status401Unauthorized, $"The assertion is refused: {refusal}");
            return;
        }

        var token = RandomNumberGenerator.GetHexString(16);
        _accessTokens[token] = true;
        await WriteAsync(http, new TokenResponse(token, 900), AgentJson.Default.TokenResponse);
    }

    private async Task PollAsync(HttpContext http)
    {
        var index = long.Parse(http.Request.Query["index"].ToString());
        var wait = TimeSpan.FromSeconds(int.Parse(http.Request.Query["wait"].ToString()));
        Task changed;
        lock (_gate)
        {
            changed = _assignment.Index != index ? Task.CompletedTask : _changed.Task;
        }

        await Task.WhenAny(changed, Task.Delay(wait, http.RequestAborted));
        NodeAssignment document;
        lock (_gate)
        {
            document = _assignment;
        }

        await WriteAsync(http, document, AgentJson.Default.NodeAssignment);
    }

    private async Task AuthorizedAsync(HttpContext http, Func<Task> handle)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.Ordinal) && _accessTokens.ContainsKey(header["Bearer ".Length..]))
        {
            await handle();
        }
        else
        {
            await RefuseAsync(http, StatusCodes.Status401Unauthorized, "The access token is not valid");
        }
    }

    public static async Task RefuseAsync(HttpContext http, int status, string title)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/problem+json";
        await http.Response.WriteAsync($$"""{"type":"about:blank","title":"{{title}}","status":{{status}}}""");
    }

    private static async Task<T> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type) =>
        (await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted))!;

    private static async Task WriteAsync<T>(HttpContext http, T value, JsonTypeInfo<T> type)
    {
        http.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(http.Response.Body, value, type, http.RequestAborted);
    }
}
