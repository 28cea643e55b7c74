using System.Diagnostics;
using System.Globalization;

namespace Saas.Benchmarks.Registry;

/// <summary>A <see cref="RegistryServer"/> that was started, seen from outside.</summary>
internal sealed class RegistryProcess : IAsyncDisposable
{
    private readonly Process _process;

    private RegistryProcess(Process process) => _process = process;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public string Token { get; private set; } = "";

    public static async Task<RegistryProcess> StartAsync(string folder, CancellationToken ct)
    {
        var started = new RegistryProcess(new Process
        {
            StartInfo = new ProcessStartInfo(Environment.ProcessPath!, [RegistryServer.Verb, folder])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,

                // As a function app runs, unlike the scheduler's host.
                Environment = { ["DOTNET_gcServer"] = "0" },
            },
        });
        started._process.Start();
        var said = (await started.ReadLineAsync(ct)).Split(' ');
        (started.Address, started.Token) = (new Uri(said[0]), said[1]);
        return started;
    }

    public async Task<long> ReadEvaluationsAsync(CancellationToken ct)
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync(ct);
        return long.Parse(await ReadLineAsync(ct), CultureInfo.InvariantCulture);
    }

    /// <summary>Resident memory in MB (10^6 bytes): now, and the most it ever was.</summary>
    public (double Now, double Peak) ReadResidentMegabytes()
    {
        var status = File.ReadAllLines($"/proc/{_process.Id}/status");
        return (Read("VmRSS:"), Read("VmHWM:"));

        double Read(string field) => long.Parse(
            status.Single(l => l.StartsWith(field, StringComparison.Ordinal)).AsSpan(field.Length).Trim(" \tkB"),
            NumberStyles.None,
            CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task<string> ReadLineAsync(CancellationToken ct) =>
        await _process.StandardOutput.ReadLineAsync(ct) ?? throw new InvalidOperationException("The registry's process has ended.");
}
