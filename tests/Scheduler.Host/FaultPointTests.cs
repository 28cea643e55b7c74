using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Scheduler.Host.Cells;
using Saas.Storage;
using Saas.Storage.Sqlite;
using Saas.Storage.Tables;
using Saas.TestKit;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

/// <summary>
/// A leader is killed at each of its storage calls, one after the other, in the midst of everything it can be asked
/// for: new jobs, a new version, a purge, a failed and a completed allocation, a node that dies. Its successor, and
/// agents that do as they are told, must always end in the same place.
/// </summary>
public sealed class FaultPointTests
{
    private static readonly string[] Agents = ["node_a", "node_c"];

    [Theory]
    [InlineData(KillAt.BeforeTheCall)]
    [InlineData(KillAt.AfterTheCall)]
    internal async Task LeaderKilledAtEveryStorageCallInMemory(KillAt kind) =>
        await KillEverywhereAsync(kind, static () => new InMemoryTableStore());

    [Theory]
    [InlineData(KillAt.BeforeTheCall)]
    [InlineData(KillAt.AfterTheCall)]
    internal async Task LeaderKilledAtEveryStorageCallOnSqlite(KillAt kind)
    {
        var directory = Directory.CreateDirectory(Path.Combine(MemoryOrTemp(), Path.GetRandomFileName()));
        try
        {
            var stores = 0;
            await KillEverywhereAsync(kind, () => new SqliteTableStore(Path.Combine(directory.FullName, $"{stores++}.db")));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>It is the process that dies here, not the disk: thousands of flushes would only take minutes.</summary>
    private static string MemoryOrTemp() => Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();

    private static async Task KillEverywhereAsync(KillAt kind, Func<ITableStore> newStore)
    {
        var reachedTheEnd = false;
        for (var call = 1; !reachedTheEnd; call++)
        {
            Assert.InRange(call, 1, 500);
            var store = newStore();
            var platform = new TestPlatform(store);
            await PrepareAsync(platform);
            reachedTheEnd = await ReignUntilKilledAsync(platform, call, kind);
            await SucceedAsync(platform);
            await AssertAllIsWellAsync(platform, $"killed {kind} {call}");
            (store as IDisposable)?.Dispose();
        }
    }

    /// <summary>Three nodes with work on them; then much happens that no leader has looked at yet.</summary>
    private static async Task PrepareAsync(TestPlatform platform)
    {
        foreach (var node in (string[])[.. Agents, "node_b"])
        {
            await platform.EnrolAsync(node);
        }

        await platform.SubmitAsync("web", groups: Group(count: 3));
        await platform.SubmitAsync("task", JobTypes.Batch, groups: Group(count: 2));
        await platform.SubmitAsync("gone");
        var cell = (await platform.OpenAsync(epoch: 1))!;
        await ActAsync(platform, cell, [.. Agents, "node_b"]);

        var task = (await platform.LiveAsync("task")).Single(static entry => entry.Allocation.Index == 0);
        await platform.ReportAsync(task.NodeId, task.Allocation, ClientStatus.Complete);
        var web = (await platform.LiveAsync("web"))[0];
        await platform.ReportAsync(web.NodeId, web.Allocation, ClientStatus.Failed);
        await platform.SubmitAsync("new", groups: Group(count: 2));
        await platform.SubmitAsync("task", JobTypes.Batch, groups: platform.Jobs["task"].Job.TaskGroups!.ToArray());
        await platform.SubmitAsync("gone", stop: true, purge: true);
    }

    /// <returns>Whether it got to the end.</returns>
    private static async Task<bool> ReignUntilKilledAsync(TestPlatform platform, int call, KillAt kind)
    {
        var store = new FaultyStore(platform.Store, call, kind);
        try
        {
            var cell = (await platform.OpenAsync(epoch: 2, store))!;
            await platform.SubmitAsync("web", groups: Group(count: 2, command: "other"));
            await cell.WorkAsync([platform.JobNews("web"), platform.JobNews("new"), platform.JobNews("gone")], CancellationToken.None);
            await ActAsync(platform, cell, Agents);
            for (var i = 0; i < 4; i++)
            {
                await PassAsync(platform, TimeSpan.FromSeconds(10));
                await cell.WorkAsync([], CancellationToken.None);
            }

            return true;
        }
        catch (StorageUnavailableException)
        {
            if (platform.Jobs["web"].Version == 0)
            {
                await platform.SubmitAsync("web", groups: Group(count: 2, command: "other"));
            }

            return false;
        }
    }

    private static async Task SucceedAsync(TestPlatform platform)
    {
        var cell = (await platform.OpenAsync(epoch: 3))!;
        for (var i = 0; i < 8; i++)
        {
            await ActAsync(platform, cell, Agents);
            await PassAsync(platform, TimeSpan.FromSeconds(10));
            await cell.WorkAsync([], CancellationToken.None);
        }
    }

    private static async Task PassAsync(TestPlatform platform, TimeSpan time)
    {
        platform.Advance(time);
        foreach (var node in Agents)
        {
            await platform.BeatAsync(node);
        }
    }

    /// <summary>The nodes' agents do what their documents say, and the leader hears of it.</summary>
    private static async Task ActAsync(TestPlatform platform, Cell cell, string[] nodes)
    {
        var news = new List<InboxMessage>();
        foreach (var (node, allocation) in await platform.AssignedAsync())
        {
            if (nodes.Contains(node))
            {
                await platform.ReportAsync(node, allocation, ToStatus(allocation));
                news.Add(platform.AllocationNews(allocation.Id));
            }
        }

        await cell.WorkAsync(news, CancellationToken.None);
    }

    private static string ToStatus(AssignedAllocation allocation) =>
        allocation.DesiredStatus == DesiredStatus.Stop ? ClientStatus.Complete : ClientStatus.Running;

    private static async Task AssertAllIsWellAsync(TestPlatform platform, string when)
    {
        var live = (await platform.LiveAsync())
            .Select(static entry => $"{entry.Allocation.JobId}[{entry.Allocation.Index}]v{entry.Allocation.JobVersion}").Order();
        Assert.True(
            live.SequenceEqual(["new[0]v0", "new[1]v0", "task[0]v1", "task[1]v1", "web[0]v1", "web[1]v1"]),
            $"{when}: {string.Join(' ', live)}");
        Assert.All(await platform.LiveAsync(), static entry => Assert.Contains(entry.NodeId, Agents));
        Assert.Equal(6, (await platform.AssignedAsync()).Count);
        Assert.Equal(NodeStatus.Down, (await platform.NodeAsync("node_b")).Status);
        Assert.False(await platform.HasJobAsync("gone"), when);
        Assert.DoesNotContain(await platform.EvaluationsAsync(), static evaluation =>
            evaluation.Status is EvaluationStatus.Pending or EvaluationStatus.Blocked);
    }
}
