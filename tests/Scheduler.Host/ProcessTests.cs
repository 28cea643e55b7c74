using System.Diagnostics;
using System.Net;
using Saas.Storage.Sqlite;
using Saas.TestKit;

namespace Saas.Scheduler.Host.Tests;

/// <summary>The container's entry point, as a process.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task ProcessLeadsAnswersHealthChecksAndGivesUpItsLeasesOnSigterm()
    {
        using var directory = new TempDirectory();
        var path = directory.File("store.db");
        using var store = new SqliteTableStore(path);
        var platform = new TestPlatform(store, TimeProvider.System) { Options = new SchedulerOptions { LeaseTtl = TimeSpan.FromHours(1) } };
        await platform.EnrolAsync("node_a");
        await platform.SubmitAsync();
        var port = FreePort.Find();
        using var process = Start(path, port);
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
            await Poll.UntilAsync(() => IsOkAsync(http, "/readyz"), "/readyz");
            Assert.True(await IsOkAsync(http, "/healthz"));
            await Poll.UntilAsync(async () => (await platform.LiveAsync()).Count == 1, "the job to be placed");

            using var kill = Process.Start("kill", $"-TERM {process.Id}");
            await process.WaitForExitAsync(CancellationToken.None).WaitAsync(Poll.DefaultTimeout);
            Assert.Equal(0, process.ExitCode);
            Assert.NotNull(await platform.Lease.AcquireAsync(platform.Cell.LeaseName, "other", TimeSpan.FromSeconds(1), CancellationToken.None));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    [Fact]
    public async Task ProcessWithoutAStoreSaysSoAndFails()
    {
        using var process = Start(store: null, port: 0);
        var error = await process.StandardError.ReadToEndAsync().WaitAsync(Poll.DefaultTimeout);
        await process.WaitForExitAsync(CancellationToken.None).WaitAsync(Poll.DefaultTimeout);
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("SAAS_STORE", error, StringComparison.Ordinal);
    }

    private static Process Start(string? store, int port)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SchedulerHost).Assembly.Location])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["SAAS_URL"] = $"http://127.0.0.1:{port}", ["SAAS_LEASE_TTL_SECONDS"] = "3600" },
        };
        start.Environment.Remove("SAAS_STORE");
        if (store is not null)
        {
            start.Environment["SAAS_STORE"] = "sqlite:" + store;
        }

        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        return process;
    }

    private static async Task<bool> IsOkAsync(HttpClient http, string path)
    {
        try
        {
            using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false; // not listening yet
        }
    }
}
