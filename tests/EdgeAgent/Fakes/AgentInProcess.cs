using System.Text;

namespace Saas.EdgeAgent.Tests.Fakes;

/// <summary>The whole agent within the test, over real drivers: quicker to start and stop than a process.</summary>
internal sealed class AgentInProcess(FakeControlPlane plane, string data) : IAsyncDisposable
{
    private readonly StringWriter _log = new(new StringBuilder());
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    public string Log => _log.ToString();

    public Task Running => _running;

    public void Start()
    {
        var tokenFile = Path.Combine(Path.GetDirectoryName(data)!, "token");
        File.WriteAllText(tokenFile, FakeControlPlane.Token + "\n");
        var options = new AgentOptions(plane.Address, data, tokenFile, "test", TimeSpan.FromSeconds(1));
        _stop = new CancellationTokenSource();
        var log = new StderrLogger(TextWriter.Synchronized(_log), TimeProvider.System);
        _running = Task.Run(() => new AgentHost(options, TimeProvider.System, log).RunAsync(_stop.Token));
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            Assert.True(_stop.IsCancellationRequested);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        var driver = new Drivers.Exec.ExecDriver(new Drivers.DriverSettings(plane.NodeId, Path.Combine(data, "drivers")), TimeProvider.System);
        foreach (var id in await driver.ListAsync(CancellationToken.None))
        {
            await driver.RemoveAsync(id, CancellationToken.None);
        }
    }
}
