using Saas.Registry.Tests.Shared;
using Saas.Storage.Sqlite;
using Saas.TestKit;

namespace Saas.Registry.Tests.Linearizability;

/// <summary>The app as a process over a real store on disk, killed under load and started again.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Kills = 3;

    private static readonly TimeSpan BetweenKills = TimeSpan.FromSeconds(1.5);

    [Fact]
    public async Task The_history_of_an_app_that_is_killed_is_linearizable()
    {
        using var folder = new TempDirectory();
        var token = await FoundAsync(folder);
        await using var app = new RegistryProcess(folder.Path);
        await app.StartAsync();
        using var http = new HttpClient { BaseAddress = app.Address };
        http.DefaultRequestHeaders.Add("X-Consul-Token", token);
        var isUp = true;
        var workload = new Workload(_ => Volatile.Read(ref isUp) ? http : null, "consistent");
        await workload.PrepareAsync(http, 12);

        using var stop = new CancellationTokenSource();
        var running = workload.RunUntilAsync(6, 11, stop.Token);
        for (var kill = 0; kill < Kills; kill++)
        {
            await Task.Delay(BetweenKills);
            await app.KillAsync();
            Volatile.Write(ref isUp, false);
            await app.StartAsync();
            Volatile.Write(ref isUp, true);
        }

        await Task.Delay(BetweenKills);
        await stop.CancelAsync();
        await running;

        var violation = workload.Violation();
        output.WriteLine($"{workload.Count.Known} calls, {workload.Count.Unknown} of unknown outcome, {Kills} kills.");
        Assert.True(violation is null, violation);
        Assert.True(workload.Count is { Known: > 100, Unknown: > 0 }, "Neither much load nor a crash under it.");
    }

    private static async Task<string> FoundAsync(TempDirectory folder)
    {
        using var store = new SqliteTableStore(Path.Combine(folder.Path, "platform.db"));
        await using var host = await RegistryHost.StartAsync(store, folder: folder);
        return (await host.SignUpAsync()).Token;
    }
}
