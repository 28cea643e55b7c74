using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;

namespace Saas.Benchmarks.Measuring;

/// <summary>
/// This program, started again to serve, seen from outside. It says where it listens and with which token, then answers a line
/// with a line.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    public string Token { get; private set; } = "";

    /// <summary>As the tenant's owner.</summary>
    public HttpClient Client { get; } = new();

    /// <param name="arguments">What it is to serve.</param>
    public static async Task<ServerProcess> StartAsync(string[] arguments, CancellationToken ct)
    {
        var started = new ServerProcess(new Process
        {
            StartInfo = new ProcessStartInfo(Environment.ProcessPath!, arguments)
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
        started.Client.BaseAddress = started.Address;
        started.Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", said[1]);
        return started;
    }

    public async Task<string> AskAsync(string line, CancellationToken ct)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync(ct);
        return await ReadLineAsync(ct);
    }

    /// <summary>Resident memory in MB (10^6 bytes): now, and the most it ever was.</summary>
    public (double Now, double Peak) ReadResidentMegabytes()
    {
        var status = File.ReadAllLines($"/proc/{_process.Id}/status");
        return (Read("VmRSS:"), Read("VmHWM:"));

        double Read(string field) => long.Parse(
            status.Single(line => line.StartsWith(field, StringComparison.Ordinal)).AsSpan(field.Length).Trim(" \tkB"),
            NumberStyles.None,
            CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    /// <summary>Of all its threads since it was started.</summary>
    public TimeSpan ReadProcessorTime()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task<string> ReadLineAsync(CancellationToken ct) =>
        await _process.StandardOutput.ReadLineAsync(ct) ?? throw new InvalidOperationException("The server's process has ended.");
}
