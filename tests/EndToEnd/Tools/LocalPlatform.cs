using System.Text.Json;

namespace Saas.EndToEnd.Tests.Tools;

/// <summary>The platform as <c>dotnet run --project functions/Local</c> starts it, on ports and a folder of its own.</summary>
internal sealed class LocalPlatform : IPlatform, IAsyncDisposable
{
    private readonly DirectoryInfo _data;
    private readonly int _port;
    private Child _child;

    private LocalPlatform(DirectoryInfo data, int port, Child child) => (_data, _port, _child) = (data, port, child);

    public IReadOnlyDictionary<string, Uri> Apps { get; private set; } = new Dictionary<string, Uri>();

    public string Transcript => _child.Transcript;

    public int ProcessId => _child.Id;

    public static async Task<LocalPlatform> StartAsync(DirectoryInfo data)
    {
        var port = FreePorts.Range(5);
        var platform = new LocalPlatform(data, port, Launch(data, port));
        await platform.WaitUntilReadyAsync();
        return platform;
    }

    /// <summary>SIGKILL, then the same command again on the same folder and ports.</summary>
    /// <param name="meanwhile">Done while the platform is away.</param>
    public async Task KillAndRestartAsync(Func<Task>? meanwhile = null)
    {
        await _child.KillAsync();
        await (meanwhile?.Invoke() ?? Task.CompletedTask);
        _child = Launch(_data, _port);
        await WaitUntilReadyAsync();
    }

    /// <summary>SIGTERM, then the same command again.</summary>
    public async Task StopAndRestartAsync()
    {
        await _child.DisposeAsync();
        _child = Launch(_data, _port);
        await WaitUntilReadyAsync();
    }

    public ValueTask DisposeAsync() => _child.DisposeAsync();

    private static Child Launch(DirectoryInfo data, int port) =>
        Child.Start("dotnet", [Programs.Local, "--json", "--data", data.FullName, "--port", port.ToString()]);

    private async Task WaitUntilReadyAsync()
    {
        var child = _child;
        await Eventually.Async(
            () => Task.FromResult(child),
            c => c.Output.Count > 0 || c.HasExited,
            TimeSpan.FromSeconds(60),
            c => $"the platform printed nothing. {c.Transcript}");
        Assert.False(child.HasExited, $"The platform ended. {child.Transcript}");
        using var first = JsonDocument.Parse(child.Output[0]);
        Apps = first.RootElement.GetProperty("apps").EnumerateObject().ToDictionary(a => a.Name, a => new Uri(a.Value.GetString()!));
    }
}
