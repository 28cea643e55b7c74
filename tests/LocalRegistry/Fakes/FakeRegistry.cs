using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Saas.Discovery.Catalog;
using Saas.Discovery.Model;
using Saas.Discovery.Sync;

namespace Saas.LocalRegistry.Tests.Fakes;

/// <summary>The Registry app as agents know it, on a real port: takes their messages as the real one does, and fails on demand.</summary>
internal sealed class FakeRegistry : IAsyncDisposable
{
    public const string AgentToken = "agent-token";
    public const string DefaultProject = "proj_default";

    private readonly Lock _gate = new();
    private readonly WebApplication _app;
    private readonly Dictionary<string, Project> _projects = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FakeRegistry(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    /// <summary>Every message in the order it came, those whose answer was lost too.</summary>
    public ConcurrentQueue<(string Project, NodeSync Message)> Messages { get; } = new();

    /// <summary>What came for others than agents: method, target, authorization, token.</summary>
    public ConcurrentQueue<(string Method, string Target, string Authorization, string Token, string Body)> Forwarded { get; } = new();

    /// <summary>Nothing is answered: connections are cut.</summary>
    public bool IsAway { get; set; }

    /// <summary>Messages are taken, and their answers cut off, for so many.</summary>
    public int AnswersToLose { get; set; }

    public IReadOnlyList<string> Datacenters { get; set; } = ["dc1"];

    public int FullMessages => Messages.Count(m => m.Message.Full);

    public static async Task<FakeRegistry> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var registry = new FakeRegistry(builder.Build());
        registry.Map();
        await registry._app.StartAsync();
        registry.Address = new Uri(registry._app.Urls.Single());
        return registry;
    }

    public CatalogState Catalog(string project = DefaultProject)
    {
        lock (_gate)
        {
            return _projects.TryGetValue(project, out var known) ? known.Catalog : CatalogState.Empty;
        }
    }

    public HealthCheck? Check(string node, string id, string project = DefaultProject) =>
        Catalog(project).FindNode(node)?.Checks.GetValueOrDefault(id);

    public ServiceInstance? Service(string node, string id, string project = DefaultProject) =>
        Catalog(project).FindNode(node)?.Services.GetValueOrDefault(id);

    /// <summary>Somebody else writes to the catalog.</summary>
    public void Change(Func<CatalogState, ulong, CatalogState> change, string project = DefaultProject)
    {
        lock (_gate)
        {
            var known = Of(project);
            known.Index++;
            known.Catalog = change(known.Catalog, known.Index);
            RaiseLocked();
        }
    }

    /// <summary>The agent's TTL is over.</summary>
    public void GiveUp(string node, string project = DefaultProject)
    {
        lock (_gate)
        {
            Of(project).IsAlive = false;
        }

        Change((catalog, index) => catalog.WithCheck(Alive(node, HealthStatus.Critical), index, []), project);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private void Map()
    {
        _app.Use(async (http, next) =>
        {
            if (IsAway)
            {
                http.Abort();
                return;
            }

            await next(http);
        });
        _app.MapPost(SyncProtocol.NodePath, SyncAsync);
        _app.MapGet(SyncProtocol.FeedPath, FeedAsync);
        _app.MapGet(SyncProtocol.DatacentersPath, (HttpContext http) => AnswerAsync(http, Datacenters, SyncJson.Default.IReadOnlyListString));
        _app.MapGet(SyncProtocol.QueryPath, QueryAsync);
        _app.MapFallback("{**path}", async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            Forwarded.Enqueue((
                http.Request.Method, http.Request.Path + http.Request.QueryString.ToString(), http.Request.Headers.Authorization.ToString(),
                http.Request.Headers["X-Consul-Token"].ToString(), await reader.ReadToEndAsync()));
            http.Response.Headers["X-Consul-Index"] = "77";
            await http.Response.WriteAsync("from the registry");
        });
    }

    private async Task SyncAsync(HttpContext http)
    {
        if (!await IsAgentAsync(http))
        {
            return;
        }

        var message = (await JsonSerializer.DeserializeAsync(http.Request.Body, SyncJson.Default.NodeSync, http.RequestAborted))!;
        var project = IdOf(http.Request.Query["ns"].ToString());
        Messages.Enqueue((project, message));
        NodeSyncResult result;
        lock (_gate)
        {
            var known = Of(project);
            var outcome = known.Apply(message);
            result = new NodeSyncResult { Outcome = outcome, Generation = known.Generation, Datacenter = "dc1", Index = known.Index, Project = project };
            RaiseLocked();
        }

        if (AnswersToLose > 0)
        {
            AnswersToLose--;
            http.Abort();
            return;
        }

        await AnswerAsync(http, result, SyncJson.Default.NodeSyncResult);
    }

    private async Task FeedAsync(HttpContext http)
    {
        if (!await IsAgentAsync(http))
        {
            return;
        }

        var since = ulong.Parse(http.Request.Query["index"].ToString());
        var datacenter = http.Request.Query["dc"].ToString() is { Length: > 0 } dc ? dc : "dc1";
        var project = datacenter == "dc1" ? IdOf(http.Request.Query["ns"].ToString()) : "of-" + datacenter;
        var wait = Task.Delay(TimeSpan.FromSeconds(int.Parse(http.Request.Query["wait"].ToString())), http.RequestAborted);
        CatalogDelta delta;
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
                delta = Of(project).Catalog.DeltaSince(since, Of(project).Index, datacenter);
            }

            if (delta.Index != since || wait.IsCompleted || IsAway)
            {
                break;
            }

            await Task.WhenAny(changed, wait);
        }

        await AnswerAsync(http, delta, SyncJson.Default.CatalogDelta);
    }

    private async Task QueryAsync(HttpContext http)
    {
        var instances = Catalog().InstancesOf(http.Request.Query["name"].ToString());
        if (instances.Count == 0)
        {
            http.Response.StatusCode = (int)HttpStatusCode.NotFound;
            return;
        }

        await AnswerAsync(http, new QueryAnswer(instances, "dc1", 7), SyncJson.Default.QueryAnswer);
    }

    private static async Task<bool> IsAgentAsync(HttpContext http)
    {
        if (http.Request.Headers.Authorization == $"Bearer {AgentToken}")
        {
            return true;
        }

        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        await http.Response.WriteAsync("not an agent");
        return false;
    }

    private static Task AnswerAsync<T>(HttpContext http, T value, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        http.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(http.Response.Body, value, type, http.RequestAborted);
    }

    /// <summary>A name and an id mean one project.</summary>
    private static string IdOf(string ns) => ns is "" or "default" ? DefaultProject : ns;

    private Project Of(string id) => _projects.TryGetValue(id, out var known) ? known : _projects[id] = new Project();

    private void RaiseLocked()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private static HealthCheck Alive(string node, string status) =>
        new() { Node = node, CheckID = HealthStatus.AgentAlive, Name = "Serf Health Status", Status = status };

    /// <summary>One project's catalog, and how far its one agent is.</summary>
    private sealed class Project
    {
        public CatalogState Catalog { get; set; } = CatalogState.Empty;
        public ulong Index { get; set; } = 10;
        public long Generation { get; private set; }
        public bool IsAlive { get; set; }
        private long Sequence { get; set; }
        private string Node { get; set; } = "";

        public SyncOutcome Apply(NodeSync message)
        {
            if (message.Full)
            {
                return ApplyFull(message);
            }

            if (message.Generation != Generation)
            {
                return message.Generation > Generation ? SyncOutcome.FullNeeded : SyncOutcome.Stale;
            }

            var isLifeSign = message.Services.Count + message.Checks.Count + message.RemovedServices.Count + message.RemovedChecks.Count + message.RoundTrips.Count == 0;
            if (!IsAlive || message.Sequence > Sequence + (isLifeSign ? 0 : 1))
            {
                return SyncOutcome.FullNeeded;
            }

            if (message.Sequence > Sequence)
            {
                Index++;
                Catalog = message.RemovedChecks.Aggregate(Catalog, (c, id) => c.WithoutCheck(Node, id, Index, []));
                Catalog = message.RemovedServices.Aggregate(Catalog, (c, id) => c.WithoutService(Node, id, Index, []));
                Put(message);
                Sequence = message.Sequence;
            }

            return SyncOutcome.Done;
        }

        private SyncOutcome ApplyFull(NodeSync message)
        {
            if (message.Generation <= Generation)
            {
                return message.Generation == Generation && IsAlive ? SyncOutcome.Done : SyncOutcome.Stale;
            }

            Index++;
            (Node, Generation, Sequence, IsAlive) = (message.Node!.Name, message.Generation, 0, true);
            Catalog = Catalog.WithWholeNode(
                message.Node, message.Services, [.. message.Checks.Select(c => c with { Node = Node }), Alive(Node, HealthStatus.Passing)], Index, []);
            return SyncOutcome.Done;
        }

        private void Put(NodeSync message)
        {
            Catalog = message.Services.Aggregate(Catalog, (c, s) => c.WithService(Node, s, Index, []));
            Catalog = message.Checks.Aggregate(Catalog, (c, check) => c.WithCheck(check with { Node = Node }, Index, []));
        }
    }
}
