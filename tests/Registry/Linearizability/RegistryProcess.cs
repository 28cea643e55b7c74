using System.Collections.Concurrent;
using System.Diagnostics;
using Saas.TestKit;

namespace Saas.Registry.Tests.Linearizability;

/// <summary>The app as a process of its own, that can be killed as a power cut would and started again where it was.</summary>
internal sealed class RegistryProcess(string folder) : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(90);

    private readonly ConcurrentQueue<string> _lines = new();
    private readonly HttpClient _probe = new();
    private Process? _process;

    /// <summary>The same after every start.</summary>
    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Find()}");

    /// <summary>Returns once it serves.</summary>
    public async Task StartAsync()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Saas.Registry.dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SAAS_STORE"] = "sqlite:" + Path.Combine(folder, "platform.db");
        start.Environment["SAAS_KEK"] = "file:" + Path.Combine(folder, "kek.json");
        start.Environment["SAAS_AUDIT_SPOOL"] = Path.Combine(folder, "audit");
        start.Environment["SAAS_URL"] = Address.ToString();
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _lines.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Poll.UntilAsync(IsReadyAsync, "the app to serve", () => string.Join('\n', _lines.TakeLast(20)), StartPatience);
    }

    /// <summary>SIGKILL; returns once it is gone.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }

        _probe.Dispose();
    }

    private async Task<bool> IsReadyAsync()
    {
        if (_process!.HasExited)
        {
            throw new InvalidOperationException($"The app ended with {_process.ExitCode}: {string.Join('\n', _lines)}");
        }

        try
        {
            using var answer = await _probe.GetAsync(new Uri(Address, "/readyz"));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false; // Not listening yet.
        }
    }
}
