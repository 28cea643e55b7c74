using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Saas.LocalRegistry.Http;
using Saas.LocalRegistry.Sync;

namespace Saas.LocalRegistry.Tests.Fakes;

/// <summary>An agent's local registry over a fake of the Registry app, with its HTTP API; it can be killed and started again.</summary>
internal sealed class LocalMachine(FakeRegistry registry, MemoryFiles? files = null, TimeProvider? time = null) : IAsyncDisposable
{
    public const string Node = "edge-1";

    private readonly HttpClient _channelHttp = new() { BaseAddress = registry.Address, Timeout = Timeout.InfiniteTimeSpan };
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private LocalApi? _api;

    public MemoryFiles Files { get; } = files ?? new MemoryFiles();
    public LocalRegistryHost Host { get; private set; } = null!;
    public HttpClient Http { get; private set; } = null!;
    public Uri Address => Http.BaseAddress!;

    public async Task<LocalMachine> StartAsync(Func<LocalRegistryOptions, LocalRegistryOptions>? change = null)
    {
        var options = new LocalRegistryOptions
        {
            NodeName = Node,
            NodeId = NodeIdentityRules.UuidOf("node_1"),
            Address = IPAddress.Loopback,
            NodeMeta = new Dictionary<string, string> { ["saas-node"] = "node_1" },
            ProbePeers = false,
        };
        _stop = new CancellationTokenSource();
        Host = new LocalRegistryHost(change?.Invoke(options) ?? options, new Channel(_channelHttp), Files, time ?? TimeProvider.System, NullLogger.Instance);
        _running = Host.RunAsync(_stop.Token);
        _api = await LocalApi.StartAsync(Host, new IPEndPoint(IPAddress.Loopback, 0), time ?? TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        Http = new HttpClient { BaseAddress = new Uri($"http://{_api.Address}"), Timeout = TimeSpan.FromSeconds(60) };
        return this;
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
        if (_api is not null)
        {
            await _api.DisposeAsync();
        }

        Http.Dispose();
        Host.Dispose();
        _stop.Dispose();
    }

    public async Task<(HttpStatusCode Status, string Body)> PutAsync(string path, string? json = null)
    {
        using var response = await Http.PutAsync(path, json is null ? null : new StringContent(json, Encoding.UTF8, "application/json"));
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _channelHttp.Dispose();
    }

    private sealed class Channel(HttpClient http) : IRegistryChannel
    {
        public Uri Address => http.BaseAddress!;

        public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string pathAndQuery, ReadOnlyMemory<byte>? body, CancellationToken ct)
        {
            using var request = new HttpRequestMessage(method, pathAndQuery);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", FakeRegistry.AgentToken);
            request.Content = body is { } bytes ? new ReadOnlyMemoryContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } } : null;
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        }
    }
}
