using System.Runtime.Versioning;
using Saas.Storage.Sqlite;
using Saas.Storage.Tables;
using Saas.TestKit;
using SQLitePCL;

namespace Saas.Storage.Tests.Sqlite;

/// <summary>What is SQLite's own beyond the contract: the file, its locks, its faults.</summary>
public sealed class SqliteTableStoreTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    private string FilePath => Path.Combine(_directory.Path, "data", "store.db");

    private static ValueTask<WriteResult> WriteAsync(SqliteTableStore store, string row) =>
        store.WriteAsync("table", "ten_one", TableWrite.Upsert(row, "x"u8.ToArray()), Ct);

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Open_NewFile_OnlyItsOwnerMayReadIt()
    {
        using var store = new SqliteTableStore(FilePath);
        await WriteAsync(store, "row");
        const UnixFileMode onlyOwner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(onlyOwner | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(FilePath)!));
        Assert.All(Directory.GetFiles(Path.GetDirectoryName(FilePath)!), file => Assert.Equal(onlyOwner, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void Open_NoDatabase_IsUnavailable()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, new string('x', 5000));
        Assert.Throws<StorageUnavailableException>(() => new SqliteTableStore(FilePath));
    }

    [Fact]
    public async Task Write_AnotherProcessHoldsTheLock_WaitsAndThenIsUnavailableAndRecovers()
    {
        using var store = new SqliteTableStore(FilePath, busyTimeout: TimeSpan.FromMilliseconds(100));
        await WriteAsync(store, "before");
        Assert.Equal(raw.SQLITE_OK, raw.sqlite3_open(FilePath, out var other));
        using (other)
        {
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(other, "BEGIN IMMEDIATE"));
            await Assert.ThrowsAsync<StorageUnavailableException>(() => WriteAsync(store, "during").AsTask());

            // Reading goes on meanwhile.
            Assert.NotNull(await store.GetAsync("table", "ten_one", "before", Ct));
            Assert.Null(await store.GetAsync("table", "ten_one", "during", Ct));
            Assert.Equal(raw.SQLITE_OK, raw.sqlite3_exec(other, "ROLLBACK"));
        }

        Assert.True((await WriteAsync(store, "after")).IsDone);
    }

    [Fact]
    public async Task Write_ManyAtOnce_ShareCommitsAndKeepTheirOwnOutcomes()
    {
        using var store = new SqliteTableStore(FilePath);
        var stale = (await WriteAsync(store, "row")).ETag!;
        await WriteAsync(store, "row");
        var results = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Task.Run(() => store.WriteAsync(
            "table",
            "ten_one",
            i % 2 == 0 ? TableWrite.Insert($"new{i}", "x"u8.ToArray()) : TableWrite.Replace("row", default, stale),
            Ct).AsTask())));
        Assert.Equal(1000, results.Count(static result => result.Outcome == WriteOutcome.Done));
        Assert.Equal(1000, results.Count(static result => result.Outcome == WriteOutcome.ETagMismatch));
    }

    [Fact]
    public async Task Dispose_WritesUnderWay_FinishesOrRefusesEveryOne()
    {
        var store = new SqliteTableStore(FilePath);
        var writing = Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            var done = 0;
            while (true)
            {
                try
                {
                    await WriteAsync(store, $"{writer}-{done}");
                    done++;
                }
                catch (ObjectDisposedException)
                {
                    return done;
                }
            }
        })).ToArray();
        await Poll.UntilAsync(async () => await store.GetAsync("table", "ten_one", "0-5", Ct) is not null, "some writes");

        store.Dispose();

        var acknowledged = await Task.WhenAll(writing).WaitAsync(Poll.DefaultTimeout, Ct);
        Assert.Throws<ObjectDisposedException>(() => store.GetAsync("table", "ten_one", "0-0", Ct).AsTask().IsCompleted);
        using var reopened = new SqliteTableStore(FilePath);
        for (var writer = 0; writer < acknowledged.Length; writer++)
        {
            for (var number = 0; number < acknowledged[writer]; number++)
            {
                Assert.NotNull(await reopened.GetAsync("table", "ten_one", $"{writer}-{number}", Ct));
            }
        }
    }

    [Fact]
    public async Task Reopen_AfterDelete_DoesNotGiveAnETagAgain()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 5; i++)
        {
            using var store = new SqliteTableStore(FilePath);
            Assert.True(seen.Add((await WriteAsync(store, "row")).ETag!));
            await store.WriteAsync("table", "ten_one", TableWrite.Delete("row"), Ct);
        }
    }

    [Fact]
    public async Task Scan_ContinuationThatIsNone_IsRefused()
    {
        using var store = new SqliteTableStore(FilePath);
        await Assert.ThrowsAsync<ArgumentException>(() => store.ScanAsync("table", 1, "not one", Ct).AsTask());
    }
}
