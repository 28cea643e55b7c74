using Saas.Registry.Tests.Shared;
using Saas.Storage.Tables;

namespace Saas.Registry.Tests.Linearizability;

/// <summary>Instances of the app over one store, for one customer.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly ITableStore _store;
    private readonly Lock _gate = new();
    private readonly RegistryHost?[] _hosts;
    private readonly HttpClient?[] _clients;
    private readonly string _token;

    private Cluster(ITableStore store, RegistryHost?[] hosts, string token)
    {
        (_store, _hosts, _token) = (store, hosts, token);
        _clients = [.. hosts.Select(host => host?.Client(token))];
    }

    public int Restarts { get; private set; }

    public static async Task<Cluster> StartAsync(ITableStore store, int instances)
    {
        var hosts = new RegistryHost?[instances];
        for (var i = 0; i < instances; i++)
        {
            hosts[i] = await RegistryHost.StartAsync(store);
        }

        var customer = await hosts[0]!.SignUpAsync();
        return new Cluster(store, hosts, customer.Token);
    }

    /// <summary>Of one of the instances; null: it is down.</summary>
    public HttpClient? Client(int number)
    {
        lock (_gate)
        {
            return _clients[number % _clients.Length];
        }
    }

    /// <summary>One instance after the other goes, with calls under way, and comes back without its memory.</summary>
    public async Task StopAndStartAsync(Random random, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            await Task.Delay(random.Next(100, 400), CancellationToken.None);
            await RestartAsync(random.Next(_hosts.Length));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client?.Dispose();
        }

        foreach (var host in _hosts)
        {
            await (host?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    private async Task RestartAsync(int which)
    {
        var client = Replace(which, null);
        client?.CancelPendingRequests();
        await _hosts[which]!.DisposeAsync();
        client?.Dispose();
        _hosts[which] = null;
        _hosts[which] = await RegistryHost.StartAsync(_store);
        Replace(which, _hosts[which]!.Client(_token));
        Restarts++;
    }

    private HttpClient? Replace(int which, HttpClient? client)
    {
        lock (_gate)
        {
            (var former, _clients[which]) = (_clients[which], client);
            return former;
        }
    }
}
