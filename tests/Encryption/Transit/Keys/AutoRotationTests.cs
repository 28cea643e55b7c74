using System.Text.Json.Nodes;
using Saas.Encryption.Tests.Shared;
using Saas.Encryption.Transit.Keys;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Transit.Keys;

public sealed class AutoRotationTests : KeyScenario
{
    private readonly FakeTimeProvider _time = new();
    private readonly InMemoryTableStore _store = new();

    [Fact]
    public async Task AKeyOfItsPeriod_IsRotatedOnceEveryPeriod()
    {
        await CreateAsync("hourly", new JsonObject { ["auto_rotate_period"] = "1h" });
        await CreateAsync("never");

        foreach (var (minutes, latest) in ((int, int)[])[(59, 1), (1, 2), (0, 2), (59, 2), (1, 3), (600, 4), (0, 4)])
        {
            _time.Advance(TimeSpan.FromMinutes(minutes));
            await RunAsync(Host);
            Assert.Equal(latest, Number(await ReadAsync("hourly"), "latest_version"));
        }

        Assert.Equal(1, Number(await ReadAsync("never"), "latest_version"));
    }

    [Fact]
    public async Task TwoInstancesAtOnce_RotateOnce()
    {
        await using var other = await EncryptionHost.StartAsync(_store, _time, Host.Folder);
        for (var i = 0; i < 5; i++)
        {
            await CreateAsync($"k{i}", new JsonObject { ["auto_rotate_period"] = "1h" });
        }

        _time.Advance(TimeSpan.FromHours(1));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => RunAsync(i % 2 == 0 ? Host : other))));

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(2, Number(await ReadAsync($"k{i}"), "latest_version"));
        }
    }

    [Fact]
    public async Task APeriodSetLater_Counts_AndOneTakenAway_CountsNoMore()
    {
        await CreateAsync("orders");
        _time.Advance(TimeSpan.FromDays(2));
        (await ConfigureAsync("orders", new JsonObject { ["auto_rotate_period"] = "24h" })).MustBeOk();
        await RunAsync(Host);
        Assert.Equal(2, Number(await ReadAsync("orders"), "latest_version"));

        (await ConfigureAsync("orders", new JsonObject { ["auto_rotate_period"] = 0 })).MustBeOk();
        _time.Advance(TimeSpan.FromDays(2));
        await RunAsync(Host);
        Assert.Equal(2, Number(await ReadAsync("orders"), "latest_version"));
        Assert.Empty(await DutiesAsync());

        (await ConfigureAsync("orders", new JsonObject { ["auto_rotate_period"] = 86_400 })).MustBeOk();
        await RunAsync(Host);
        Assert.Equal(3, Number(await ReadAsync("orders"), "latest_version"));
    }

    [Fact]
    public async Task EveryTenantsKeys_AreRotated_OneThatFailsKeepsNobodyWaiting()
    {
        var globex = await Host.SignUpAsync("globex");
        await CreateAsync("broken", new JsonObject { ["auto_rotate_period"] = "1h" });
        await CreateAsync("orders", new JsonObject { ["auto_rotate_period"] = "1h" });
        (await globex.Client.WriteAsync("transit/keys/orders", new JsonObject { ["auto_rotate_period"] = "1h" })).MustBeOk();
        var rows = new KeyRing(Acme.Scope, Acme.ProjectId, "transit").Rows;
        await rows.WriteAsync(TableWrite.Upsert(KeyRows.Key("broken"), new byte[] { 1, 2, 3 }), default);

        _time.Advance(TimeSpan.FromHours(1));
        await RunAsync(Host);

        Assert.Equal(2, Number(await ReadAsync("orders"), "latest_version"));
        Assert.Equal(2, Number((await globex.Client.ReadAsync("transit/keys/orders")).MustBeOk().Data, "latest_version"));
    }

    [Fact]
    public async Task TheTimer_IsAFunctionOfTheApp() =>
        Assert.Contains(nameof(RotateTransitKeys), TimersOf(new EncryptionModule()));

    private protected override Task<EncryptionHost> StartAsync() => EncryptionHost.StartAsync(_store, _time);

    private static Task RunAsync(EncryptionHost host) => host.Service<RotateTransitKeys>().RunAsync(default);

    private async Task<List<TableRow>> DutiesAsync()
    {
        var rows = new List<TableRow>();
        await foreach (var row in KeyDuty.Duties(new KeyRing(Acme.Scope, Acme.ProjectId, "transit")).ReadAllAsync(RowRange.All, default))
        {
            rows.Add(row);
        }

        return rows;
    }

    private static List<string> TimersOf(EncryptionModule module)
    {
        var triggers = new Timers();
        module.MapTriggers(triggers);
        return triggers.Names;
    }

    private sealed class Timers : Saas.Hosting.Modules.ITriggerTable
    {
        public List<string> Names { get; } = [];

        public void Queue(string function, string queue, Saas.Hosting.Modules.QueueHandler handler)
        {
        }

        public void Timer(string function, string schedule, Saas.Hosting.Modules.TimerHandler handler) => Names.Add(function);
    }
}
