namespace Saas.EndToEnd.Tests.Tools;

/// <summary>The real agent program, restartable on its data folder.</summary>
internal sealed class AgentUnderTest : IAsyncDisposable
{
    private readonly Uri _server;
    private readonly DirectoryInfo _data;
    private readonly string _token;
    private readonly string[] _options;
    private Child _child;

    private AgentUnderTest(Uri server, DirectoryInfo data, string token, string[] options)
    {
        (_server, _data, _token, _options) = (server, data, token, options);
        _child = Launch();
    }

    public Child Process => _child;

    public static AgentUnderTest Start(Uri server, DirectoryInfo data, string token, params string[] options) => new(server, data, token, options);

    public Task KillAsync() => _child.KillAsync();

    public void Restart() => _child = Launch();

    public async Task KillAndRestartAsync()
    {
        await _child.KillAsync();
        Restart();
    }

    /// <summary>With the processes it leaves running: a test that failed has not stopped its jobs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _child.DisposeAsync();
        Workload.KillBelow(_data);
    }

    private Child Launch() => Child.Start(
        "dotnet",
        [Programs.Agent, "run", "--server", _server.ToString(), "--data", _data.FullName, "--usage-interval", "2", .. _options],
        new Dictionary<string, string> { ["SAAS_ENROLMENT_TOKEN"] = _token });
}
