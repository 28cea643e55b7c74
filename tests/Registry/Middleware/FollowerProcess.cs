using System.Diagnostics;
using System.Text;
using Saas.TestKit;

namespace Saas.Registry.Tests.Middleware;

/// <summary>The example's follower, on Node. Its key is in a file.</summary>
internal sealed class FollowerProcess(Uri registry, string token, TempDirectory folder, HaproxyProcess haproxy) : IAsyncDisposable
{
    private readonly StringBuilder _output = new();
    private Process? _process;
    private int _startedAt;

    public string Said => Example.Text(_output);

    public void Start()
    {
        File.WriteAllText(folder.File("token"), token + "\n");
        _startedAt = Said.Length;
        _process = Example.Start("node", [Example.FileOf("follow.mjs"), "web=web"], new Dictionary<string, string>
        {
            ["CONSUL_HTTP_ADDR"] = registry.ToString(),
            ["CONSUL_HTTP_TOKEN_FILE"] = folder.File("token"),
            ["HAPROXY_SOCKET"] = haproxy.Socket,
            ["HAPROXY_STATE"] = haproxy.StateFile,
        }, _output);
    }

    /// <summary>By SIGKILL.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Since it was started last.</summary>
    public Task UntilSaysAsync(string text) =>
        Poll.UntilAsync(() => Said.IndexOf(text, _startedAt, StringComparison.Ordinal) >= 0, $"the follower says: {text}", () => Said);

    public ValueTask DisposeAsync() => _process is null ? ValueTask.CompletedTask : new ValueTask(KillAsync());
}
