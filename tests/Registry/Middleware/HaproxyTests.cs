using Saas.Registry.Tests.Shared;
using Saas.TestKit;

namespace Saas.Registry.Tests.Middleware;

/// <summary>
/// docs/examples/haproxy as it stands: a real HAProxy, its configuration, and the follower on Node. Requests go on all the
/// while, kept alive and not, and none may fail.
/// </summary>
public sealed class HaproxyTests : IAsyncDisposable
{
    /// <summary>What a job would have as its ShutdownDelay.</summary>
    private static readonly TimeSpan ShutdownDelay = TimeSpan.FromSeconds(3);

    /// <summary>After a drain, for what was on its way.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private const int FewestRequests = 1000;

    private readonly TempDirectory _folder = new();
    private readonly InMemoryTableStore _store = new();
    private readonly Uri _registry = new($"http://127.0.0.1:{FreePort.Find()}");
    private readonly List<WebInstance> _instances = [];
    private readonly HaproxyProcess _haproxy;
    private RegistryHost? _host;
    private FollowerProcess? _follower;
    private HttpClient _client = null!;

    public HaproxyTests() => _haproxy = new HaproxyProcess(_folder);

    public async ValueTask DisposeAsync()
    {
        await (_follower?.DisposeAsync() ?? ValueTask.CompletedTask);
        await _haproxy.DisposeAsync();
        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }

        await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);
        _folder.Dispose();
    }

    [Fact]
    public async Task NoRequestIsLostWhileInstancesComeAndGo()
    {
        _host = await RegistryHost.StartAsync(_store, address: _registry);
        var token = (await _host.SignUpAsync()).Token;
        _client = new HttpClient { BaseAddress = _registry, DefaultRequestHeaders = { { "X-Consul-Token", token } } };
        _follower = new FollowerProcess(_registry, token, _folder, _haproxy);
        await _haproxy.StartAsync();
        _follower.Start();
        var (a, b, c) = (await ComesAsync("a"), await ComesAsync("b"), await ComesAsync("c"));
        await UntilInAsync(a, b, c);

        await using var load = new RequestLoad(_haproxy.Address);
        await UntilServesAsync(a, b, c);

        var d = await ComesAsync("d");
        await UntilServesAsync(d);

        await TellAsync(b, "critical");
        await IsLeftAloneAsync(b);
        await TellAsync(b, "passing");
        await UntilServesAsync(b);

        await LeavesAsync(a);

        // The follower dies, and an instance with all it was answering, and another comes: HAProxy alone has to do.
        load.RepeatableOnly();
        await _follower.KillAsync();
        await c.CrashAsync();
        await DeregisterAsync(c);
        var e = await ComesAsync("e");
        _follower.Start();
        await UntilServesAsync(e);
        await IsLeftAloneAsync(c);
        load.AnyRequest();

        // The registry dies; the follower and HAProxy begin anew without it.
        var before = await _haproxy.InAsync();
        await _host.DisposeAsync();
        _host = null;
        await _follower.UntilSaysAsync("stay as they are");
        await _follower.KillAsync();
        _follower.Start();
        await _haproxy.ReloadAsync();
        await _follower.UntilSaysAsync("stay as they are");
        await UntilServesAsync(b, d, e);
        Assert.Equal(before, await _haproxy.InAsync());

        _host = await RegistryHost.StartAsync(_store, address: _registry);
        var f = await ComesAsync("f");
        await UntilServesAsync(f);
        await LeavesAsync(d);

        await load.StopAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{load.Answered} requests answered: {string.Join(", ", _instances.Select(i => $"{i.Name} {i.Served}"))}\n{_follower.Said}");
        Assert.Empty(load.Failures);
        Assert.True(load.Answered > FewestRequests, $"only {load.Answered} requests");

        // The registry says that there is nobody: so it is.
        foreach (var left in (WebInstance[])[b, e, f])
        {
            await DeregisterAsync(left);
        }

        await Poll.UntilAsync(async () => (await _haproxy.InAsync()).Count == 0, "the backend is empty", () => _follower.Said);
    }

    private async Task<WebInstance> ComesAsync(string name)
    {
        var instance = await WebInstance.StartAsync(name);
        _instances.Add(instance);
        await TellAsync(instance, "passing");
        return instance;
    }

    /// <summary>As a task with a shutdown delay: out of the catalog first, then a while as ever, then it ends in order.</summary>
    private async Task LeavesAsync(WebInstance instance)
    {
        await DeregisterAsync(instance);
        await Task.Delay(ShutdownDelay, TestContext.Current.CancellationToken);
        await IsLeftAloneAsync(instance);
        await instance.StopAsync();
    }

    private Task UntilInAsync(params WebInstance[] instances) => Poll.UntilAsync(
        async () => (await _haproxy.InAsync()).Select(slot => slot.Port).ToHashSet().IsSupersetOf(instances.Select(i => i.Port)),
        "they are in", () => _follower!.Said);

    private async Task UntilServesAsync(params WebInstance[] instances)
    {
        var before = instances.Select(instance => instance.Served).ToList();
        await Poll.UntilAsync(
            () => instances.Zip(before).All(pair => pair.First.Served > pair.Second),
            $"requests at {string.Join(' ', instances.Select(i => i.Name))}", () => _follower!.Said);
    }

    private async Task IsLeftAloneAsync(WebInstance instance)
    {
        await Poll.UntilAsync(
            async () => (await _haproxy.InAsync()).All(slot => slot.Port != instance.Port), $"{instance.Name} is out", () => _follower!.Said);
        await Task.Delay(Moment, TestContext.Current.CancellationToken);
        var served = instance.Served;
        await Task.Delay(Moment, TestContext.Current.CancellationToken);
        Assert.Equal(served, instance.Served);
    }

    private Task TellAsync(WebInstance instance, string status) => PutAsync("/v1/catalog/register", $$"""
        {"Node":"n1","Address":"127.0.0.1","Service":{"ID":"web-{{instance.Name}}","Service":"web","Port":{{instance.Port}} },
         "Check":{"CheckID":"web-{{instance.Name}}","ServiceID":"web-{{instance.Name}}","Status":"{{status}}" } }
        """);

    private Task DeregisterAsync(WebInstance instance) =>
        PutAsync("/v1/catalog/deregister", $$"""{"Node":"n1","ServiceID":"web-{{instance.Name}}" }""");

    private async Task PutAsync(string path, string body)
    {
        var reply = await _client.TellAsync(path, body);
        Assert.True(reply.Status == 200, $"{path}: {reply.Status} {reply.Text}");
    }
}
