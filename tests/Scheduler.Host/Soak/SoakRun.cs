using Saas.Scheduler.Host.Tests.Faults;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Scheduler.Host.Tests.Soak;

/// <summary>
/// Two hosts over one store. Everything happens at once: users act, nodes fall silent and come back, hosts are killed and
/// others started, and the rows are looked at all the while.
/// </summary>
internal sealed class SoakRun : IAsyncDisposable
{
    private const int Nodes = 6;
    private const int MostSilent = 2;

    private readonly Random _random;
    private readonly TestPlatform _platform;
    private readonly World _world;
    private readonly SoakUsers _users;
    private readonly Safety _safety = new();
    private readonly List<ISoakHost> _dead = [];
    private readonly Func<TestPlatform, ISoakHost> _start;
    private readonly ISoakHost[] _hosts;
    private int _probes;

    /// <param name="start">Starts a host over the same store.</param>
    public SoakRun(ITableStore store, int seed, Func<TestPlatform, ISoakHost> start)
    {
        (_start, _random) = (start, new Random(seed));
        _platform = new TestPlatform(store, TimeProvider.System) { Options = new SchedulerOptions { HeartbeatTtl = TimeSpan.FromSeconds(4) } };
        _world = new World(_platform);
        _users = new SoakUsers(_world, new Random(_random.Next()));
        _hosts = [start(_platform), start(_platform)];
    }

    public int Changes => _users.Changes;
    public int Looks { get; private set; }

    /// <summary>From each death, of a leader or not, to the placement of what was submitted then.</summary>
    public List<TimeSpan> Takeovers { get; } = [];

    public async Task RunAsync(TimeSpan length)
    {
        for (var node = 0; node < Nodes; node++)
        {
            await _world.Agents.EnrolAsync($"node_{node}");
        }

        using var end = new CancellationTokenSource(length);
        using var over = new CancellationTokenSource();
        var agents = RepeatAsync(TimeSpan.FromMilliseconds(300), AgentsAsync, over.Token);
        var looks = RepeatAsync(TimeSpan.FromSeconds(1), LookAsync, over.Token);
        Task[] chaos =
        [
            RepeatAsync(TimeSpan.FromMilliseconds(250), _users.ActAsync, end.Token),
            RepeatAsync(TimeSpan.FromSeconds(3), DisturbNodeAsync, end.Token),
            RepeatAsync(TimeSpan.FromSeconds(4), ReplaceHostAsync, end.Token),
        ];
        await FirstFailureAsync(Task.WhenAll(chaos), agents, looks);
        for (var node = 0; node < Nodes; node++)
        {
            _world.Agents.Unsilence($"node_{node}");
        }

        IReadOnlyList<string> complaints = [];
        await FirstFailureAsync(
            Poll.UntilAsync(
                async () => (complaints = Desired.ComplaintsOf(await ClusterRows.ReadAsync(_platform))).Count == 0,
                "all jobs to be as desired", () => string.Join("; ", complaints), TimeSpan.FromMinutes(3)),
            agents, looks);
        await over.CancelAsync();
        await Task.WhenAll(agents, looks);
        await LookAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Concat(_dead))
        {
            await host.DisposeAsync();
        }
    }

    private async Task AgentsAsync()
    {
        await _world.Agents.BeatAsync();
        await _world.Agents.ActAsync();
    }

    private Task DisturbNodeAsync()
    {
        var node = $"node_{_random.Next(Nodes)}";
        if (_world.Agents.IsSilent(node))
        {
            _world.Agents.Unsilence(node);
        }
        else if (Enumerable.Range(0, Nodes).Count(other => _world.Agents.IsSilent($"node_{other}")) < MostSilent)
        {
            _world.Agents.Silence(node);
        }

        return Task.CompletedTask;
    }

    /// <summary>Kills one of the two, leader or not, and measures until what is submitted then is placed.</summary>
    private async Task ReplaceHostAsync()
    {
        var victim = _random.Next(_hosts.Length);
        _hosts[victim].Kill();
        _dead.Add(_hosts[victim]);
        var killedAt = TimeProvider.System.GetTimestamp();
        _hosts[victim] = _start(_platform);

        var probe = $"probe-{_probes++}";
        await _world.SubmitAsync(probe, TestPlatform.Group(memoryMb: 10), priority: 100);
        await Poll.UntilAsync(async () => (await _platform.AssignedAsync(probe)).Count > 0, $"{probe} to be placed");
        Takeovers.Add(TimeProvider.System.GetElapsedTime(killedAt));
        await _world.StopAsync(probe, purge: true);
    }

    /// <summary>Rows are read one after the other while they change: only what is wrong in two looks is.</summary>
    private async Task LookAsync()
    {
        Looks++;
        var faults = _safety.FaultsOf(await ClusterRows.ReadAsync(_platform));
        for (var again = 0; faults.Count > 0 && again < 2; again++)
        {
            faults = [.. faults.Intersect(_safety.FaultsOf(await ClusterRows.ReadAsync(_platform)))];
        }

        Assert.True(faults.Count == 0, string.Join("; ", faults));
    }

    private static async Task RepeatAsync(TimeSpan pause, Func<Task> act, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await act();
            await Task.Delay(pause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Until the first has ended; what fails beside it fails it.</summary>
    private static async Task FirstFailureAsync(Task awaited, params Task[] beside)
    {
        await await Task.WhenAny([awaited, .. beside]);
        await awaited;
    }
}
