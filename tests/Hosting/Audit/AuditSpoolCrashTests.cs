using System.Diagnostics;
using Saas.Contracts;
using Saas.Hosting.Audit.Spool;
using Saas.Storage.Sqlite;
using Saas.TestKit;

namespace Saas.Hosting.Tests.Audit;

/// <summary>
/// Real processes that are killed (SIGKILL), at each step and anywhere. Whatever they had acknowledged is in the logs
/// afterwards, once, and in order; what they had not is there at most once.
/// </summary>
public sealed class AuditSpoolCrashTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly TenantId[] _tenants = [.. Enumerable.Range(0, 3).Select(_ => TenantId.New(TimeProvider.System))];

    private string Root => _folder.File("spool");

    private string StorePath => _folder.File("store.db");

    public static TheoryData<string, int> Steps()
    {
        var steps = new TheoryData<string, int>();
        foreach (var step in Enum.GetNames<SpoolStep>())
        {
            // The first time, and when much is under way.
            steps.Add(step, 1);
            steps.Add(step, step == nameof(SpoolStep.Appended) ? 3000 : 4);
        }

        return steps;
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task KilledAtAStep_NothingIsLostOrDoubled(string step, int times)
    {
        using var writer = new Writer(Root, StorePath, "a", step, times, _tenants);
        var acknowledged = await writer.EndAsync();
        await AssertAllIsThereAsync(acknowledged);
    }

    [Fact]
    public async Task KilledAnywhereTwoProcessesAtOnceAgainAndAgain_NothingIsLostOrDoubled()
    {
        var acknowledged = new List<string>();
        for (var round = 0; round < 3; round++)
        {
            using var first = new Writer(Root, StorePath, $"{round}a", "-", 1, _tenants);
            using var second = new Writer(Root, StorePath, $"{round}b", "-", 1, _tenants);
            await Task.WhenAll(first.WorksAsync(200 + (700 * round)), second.WorksAsync(100));
            acknowledged.AddRange(await first.KillAsync());
            acknowledged.AddRange(await second.KillAsync());
        }

        await AssertAllIsThereAsync(acknowledged);
    }

    private async Task AssertAllIsThereAsync(IReadOnlyList<string> acknowledged)
    {
        using var store = new SqliteTableStore(StorePath);
        await using var bench = new SpoolBench(Root, store);
        await bench.StartAsync();
        await Poll.UntilAsync(
            () => Directory.GetDirectories(Root, "spool_*").Length == 1 && bench.Spool.State.Bytes == 0,
            "the dead processes' spools to be shipped",
            () => $"{bench.Spool.State} {bench.Log.Text}");
        foreach (var tenant in _tenants)
        {
            await bench.VerifyAsync(tenant);
            var there = await bench.ResourcesAsync(tenant);
            var ours = acknowledged.Where(a => a.StartsWith(tenant.Value, StringComparison.Ordinal)).Select(a => a.Split(' ')[1]);
            Assert.Empty(ours.Except(there));
            Assert.Equal(there.Length, there.Distinct().Count());
            foreach (var writer in there.GroupBy(name => name[..name.LastIndexOf('/')]))
            {
                Assert.Equal(writer.Order(StringComparer.Ordinal), writer);
            }

            Assert.Equal(0, await bench.ProgressRowsAsync(tenant));
        }
    }

    private sealed class Writer : IDisposable
    {
        private readonly Process _process;
        private readonly List<string> _lines = [];

        public Writer(string folder, string store, string run, string step, int times, IEnumerable<TenantId> tenants) =>
            _process = Process.Start(new ProcessStartInfo(
                Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
                [
                    Path.Combine(AppContext.BaseDirectory, "Saas.SpoolCrashWriter.dll"),
                    folder, "sqlite:" + store, run, step, times.ToString(), .. tenants.Select(t => t.Value),
                ])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            })!;

        public async Task WorksAsync(int lines)
        {
            while (_lines.Count < lines)
            {
                _lines.Add(await _process.StandardOutput.ReadLineAsync().WaitAsync(Poll.DefaultTimeout)
                    ?? throw new InvalidOperationException($"The writer ended after {_lines.Count} lines."));
            }
        }

        public Task<IReadOnlyList<string>> KillAsync()
        {
            _process.Kill();
            return EndAsync();
        }

        /// <summary>What it had acknowledged when it was dead. A line that was cut off tells nothing.</summary>
        public async Task<IReadOnlyList<string>> EndAsync()
        {
            var rest = await _process.StandardOutput.ReadToEndAsync().WaitAsync(Poll.DefaultTimeout);
            await _process.WaitForExitAsync();
            Assert.Equal(128 + 9, _process.ExitCode);
            _lines.AddRange(rest.Split('\n')[..^1]);
            return _lines;
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            _process.Dispose();
        }
    }
}
