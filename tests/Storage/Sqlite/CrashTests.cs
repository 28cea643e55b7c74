using System.Diagnostics;
using Saas.Storage.Sqlite;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Storage.Tests.Sqlite;

/// <summary>Real processes that write to one file and are killed without warning.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Rounds = 4;
    private const int AcknowledgedBeforeKill = 300;

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task KilledWriters_EveryAcknowledgedBatchIsThereWholeAndNoETagTwice()
    {
        var acknowledged = new Dictionary<string, (string A, string B)>(StringComparer.Ordinal);
        for (var round = 0; round < Rounds; round++)
        {
            // Two at once: they also share the file.
            using var first = new CrashWriter(_directory.File("store.db"), $"{round}-first");
            using var second = new CrashWriter(_directory.File("store.db"), $"{round}-second");
            await Task.WhenAll(
                first.ReadAcknowledgedAsync(AcknowledgedBeforeKill), second.ReadAcknowledgedAsync(AcknowledgedBeforeKill));
            foreach (var line in await first.KillAsync())
            {
                acknowledged.Add(line.Name, (line.A, line.B));
            }

            foreach (var line in await second.KillAsync())
            {
                acknowledged.Add(line.Name, (line.A, line.B));
            }
        }

        var rows = await ReadAllAsync();
        Assert.True(acknowledged.Count >= 2 * Rounds * AcknowledgedBeforeKill, $"{acknowledged.Count} writes were acknowledged.");
        foreach (var (name, etags) in acknowledged)
        {
            Assert.Equal(etags.A, rows[$"{name}|a"].ETag);
            Assert.Equal(etags.B, rows[$"{name}|b"].ETag);
            Assert.StartsWith(name, System.Text.Encoding.UTF8.GetString(rows[$"{name}|a"].Value.Span), StringComparison.Ordinal);
        }

        Assert.All(rows.Keys.Where(static row => row.EndsWith("|a", StringComparison.Ordinal)), row => Assert.Contains(row[..^1] + "b", rows.Keys));
        Assert.All(rows.Keys.Where(static row => row.EndsWith("|b", StringComparison.Ordinal)), row => Assert.Contains(row[..^1] + "a", rows.Keys));
        Assert.Equal(rows.Count, rows.Values.Select(static row => row.ETag).Distinct().Count());
    }

    private async Task<Dictionary<string, TableRow>> ReadAllAsync()
    {
        using var store = new SqliteTableStore(_directory.File("store.db"));
        var rows = new Dictionary<string, TableRow>(StringComparer.Ordinal);
        string? continuation = null;
        do
        {
            var page = await store.QueryAsync("crash", "ten_one", RowRange.All, 1000, continuation, TestContext.Current.CancellationToken);
            foreach (var row in page.Rows)
            {
                rows.Add(row.Row, row);
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
        return rows;
    }

    private sealed record Acknowledged(string Name, string A, string B);

    private sealed class CrashWriter : IDisposable
    {
        private readonly Process _process;
        private readonly List<Acknowledged> _lines = [];

        public CrashWriter(string path, string run)
        {
            _process = Process.Start(new ProcessStartInfo(
                Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
                [Path.Combine(AppContext.BaseDirectory, "Saas.StorageCrashWriter.dll"), path, run])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
            })!;
        }

        public async Task ReadAcknowledgedAsync(int count)
        {
            while (_lines.Count < count)
            {
                var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Poll.DefaultTimeout)
                    ?? throw new InvalidOperationException($"The writer ended after {_lines.Count} lines.");
                Keep(line);
            }
        }

        /// <summary>SIGKILL, and then whatever it had still written into the pipe.</summary>
        public async Task<IReadOnlyList<Acknowledged>> KillAsync()
        {
            _process.Kill();
            var rest = await _process.StandardOutput.ReadToEndAsync();
            await _process.WaitForExitAsync();

            // The last line may be cut off by the kill; then it tells nothing.
            foreach (var line in rest.Split('\n')[..^1])
            {
                Keep(line);
            }

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

        private void Keep(string line)
        {
            var words = line.Split(' ');
            _lines.Add(new Acknowledged(words[0], words[1], words[2]));
        }
    }
}
