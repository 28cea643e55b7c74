using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests.Soak;

/// <summary>A whole host in this process, with its loops. Once killed nothing of it reaches the store.</summary>
internal sealed class SoakHost : ISoakHost
{
    private readonly CancellationTokenSource _stop = new();
    private readonly FaultyStore _store;
    private readonly Task _run;

    public SoakHost(TestPlatform platform, ITableStore store)
    {
        _store = new FaultyStore(store, int.MaxValue, KillAt.BeforeTheCall);
        var host = platform.NewHost(_store);
        _run = Task.Run(() => host.RunAsync(_stop.Token));
    }

    public void Kill()
    {
        _store.Kill();
        _stop.Cancel();
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(30));
        _stop.Dispose();
    }
}
