using Microsoft.Extensions.Logging.Abstractions;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Scheduler.Host.Cells;
using Saas.Scheduler.Host.Tests.Simulation.Invariants;
using Saas.Storage;
using Saas.Storage.Signals;

namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>
/// A cell and all around it, driven by one thread through simulated time: what happens next, the clock, the messages,
/// one round of the cell, and a look at every invariant. Everything arbitrary comes from the seed.
/// </summary>
internal sealed class World
{
    public const string Region = "eu";

    /// <summary>A quiet time comes this often, and lasts no longer than <see cref="QuietFor"/>.</summary>
    private static readonly TimeSpan QuietEvery = TimeSpan.FromHours(2);

    private static readonly TimeSpan QuietFor = TimeSpan.FromMinutes(40);

    private readonly CellEnvironment _environment;
    private readonly FailingStore _failing;
    private readonly DateTimeOffset _start;
    private readonly int _seed;
    private Cell? _cell;
    private long _epoch;
    private int _steps;
    private int _rests;
    private ulong _trace = 14695981039346656037UL;
    private DateTimeOffset _quietUntil;

    public World(int seed)
    {
        _seed = seed;

        // Each seed sees clocks in Berlin go forward, go back, or do neither.
        _start = (seed % 3) switch
        {
            0 => new DateTimeOffset(2026, 3, 28, 20, 0, 0, TimeSpan.Zero),
            1 => new DateTimeOffset(2026, 10, 24, 20, 0, 0, TimeSpan.Zero),
            _ => new DateTimeOffset(2026, 6, 1, 20, 0, 0, TimeSpan.Zero),
        };
        Clock = new SimulatedClock(_start, seed);
        Chance = new Chance(seed);
        Agenda = new Agenda(Clock);
        Post = new Post(Clock, Agenda, Chance, Options.ResyncEvery);
        Signal = new InProcessChangeSignal(Clock);
        var scope = new PlatformScope(Store);
        var tenant = TenantId.New(Clock);
        Tenant = scope.For(tenant);
        var projects = new ProjectDirectory();
        foreach (var project in Projects)
        {
            projects.Add(tenant, project);
        }

        _failing = new FailingStore(Store);
        _environment = new CellEnvironment(new PlatformScope(_failing), Signal, Clock, Options, NullLoggerFactory.Instance, projects);
        Mirror = new Mirror(Store, Tenant, Region);
        Provisioning = new SimulatedProvisioning(this);
        Fleet = new Fleet(this);
        Users = new Users(this);
        Checks = new Checks(this);
    }

    public static IReadOnlyList<string> Projects { get; } = ["prj_00000000000000000000000001", "prj_00000000000000000000000002"];

    public SchedulerOptions Options { get; } = new()
    {
        HeartbeatTtl = TimeSpan.FromSeconds(60),
        SweepEvery = TimeSpan.FromSeconds(20),
        ResyncEvery = TimeSpan.FromMinutes(2),
        HistoryRetention = TimeSpan.FromHours(6),
    };

    public SimulatedStore Store { get; } = new();
    public SimulatedClock Clock { get; }
    public Chance Chance { get; }
    public Agenda Agenda { get; }
    public Post Post { get; }
    public IChangeSignal Signal { get; }
    public TenantScope Tenant { get; }
    public Mirror Mirror { get; }
    public SimulatedProvisioning Provisioning { get; }
    public Fleet Fleet { get; }
    public Users Users { get; }
    public Checks Checks { get; }

    /// <summary>Nothing new is begun: what was begun comes to its end.</summary>
    public bool IsQuiet => _quietUntil > Clock.GetUtcNow();

    /// <summary>What was done in this world: the same for the same seed.</summary>
    public string Summary => $"{_steps} steps, {_rests} times at rest, {_failing.Failures} failures of the store, {Checks.Summary}, trace {_trace:x16}";

    /// <exception cref="SimulationException">An invariant does not hold: which, when, and how to see it again.</exception>
    public async Task RunAsync(TimeSpan span)
    {
        try
        {
            await BeginAsync();
            while (Clock.GetUtcNow() < _start + span)
            {
                await StepAsync();
            }
        }
        catch (Exception error)
        {
            throw new SimulationException(
                $"""
                seed {_seed}, step {_steps}, {Clock.GetUtcNow():yyyy-MM-dd HH:mm:ss.fff}: {error.Message}
                Until then: {Summary}
                To see it again: {Simulations.SeedsVariable}={_seed} tests/Scheduler.Host/bin/Debug/net10.0/Saas.Scheduler.Host.Tests -class {typeof(Simulations).FullName}
                """, error);
        }
    }

    private async Task BeginAsync()
    {
        await Provisioning.BeginAsync();
        await Fleet.BeginAsync();
        await Users.BeginAsync();
        Agenda.Background(QuietEvery, BeQuietAsync);
        Agenda.Background(TimeSpan.FromMinutes(Chance.Between(20, 90)), ChangeLeaderAsync);
        Agenda.Background(Chance.Seconds(300, 3600), FailStoreAsync);
        await ReignAsync();
        await CheckAsync();
    }

    private async Task StepAsync()
    {
        var due = Clock.GetUtcNow() + _cell!.UntilNextDue();
        Clock.MoveTo(Agenda.Next is { } next && next < due ? next : due);
        _steps++;
        await Agenda.RunDueAsync();
        await WorkAsync(Post.Take());
        if (_cell.UntilNextDue() == TimeSpan.Zero)
        {
            throw new SimulationException("the cell spins: it has done its work and is due again at once");
        }

        await CheckAsync();
        if (IsQuiet && Agenda.Pending == 0 && Post.AllHeard)
        {
            await RestAsync();
        }
    }

    /// <summary>A failure ends the reign. Its messages come again, to the next one.</summary>
    private async Task WorkAsync(IReadOnlyList<InboxMessage> messages)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                await _cell!.WorkAsync(messages, CancellationToken.None);
                return;
            }
            catch (Exception error) when (error is StorageUnavailableException or DeposedException && failures < 3)
            {
                await ReignAsync();
            }
        }
    }

    private Task FailStoreAsync()
    {
        Agenda.Background(Chance.Seconds(300, 3600), FailStoreAsync);
        if (!IsQuiet)
        {
            _failing.FailAfter(Chance.Between(1, 60), Chance.Of(StoreFault.NotDone, StoreFault.DoneUnheard, StoreFault.RefusedAfterwards));
        }

        return Task.CompletedTask;
    }

    private async Task CheckAsync()
    {
        var changes = await Mirror.FollowAsync();
        Checks.CheckStep(changes);
        foreach (var nodeId in changes.Documents.Keys)
        {
            Trace($"{_steps}|{nodeId}|{Mirror.Documents[nodeId].Index}|{string.Join(',', Mirror.Documents[nodeId].Allocations.Select(static a => a.Id + a.DesiredStatus))}");
            Fleet.Tell(nodeId);
        }
    }

    /// <summary>Nothing is under way anywhere: what is to be done must be done, and a new leader must find nothing to do.</summary>
    private async Task RestAsync()
    {
        _quietUntil = Clock.GetUtcNow();
        _rests++;
        Checks.CheckRest();
        EvaluationRecord[] open = [.. Mirror.Evaluations.Values.Where(static evaluation => evaluation.Status == EvaluationStatus.Blocked)];
        await ReignAsync();
        Checks.CheckNothingIsLeft(await Mirror.FollowAsync(), open);
    }

    private Task BeQuietAsync()
    {
        _quietUntil = Clock.GetUtcNow() + QuietFor;
        var rests = _rests;
        Agenda.Background(QuietFor, () =>
            rests == _rests ? throw new SimulationException($"the world did not come to rest: {Agenda.Pending} things are under way") : Task.CompletedTask);
        Agenda.Background(QuietEvery, BeQuietAsync);
        return Fleet.ReturnAllAsync();
    }

    private async Task ChangeLeaderAsync()
    {
        await ReignAsync();
        Agenda.Background(TimeSpan.FromMinutes(Chance.Between(20, 240)), ChangeLeaderAsync);
    }

    private async Task ReignAsync()
    {
        var id = new CellId(Tenant.Tenant, Region);
        for (var failures = 0; ; failures++)
        {
            try
            {
                _cell = await Cell.OpenAsync(id, ++_epoch, _environment, CancellationToken.None)
                    ?? throw new SimulationException("the newest leader was refused");
                Post.EverythingIsHeard();
                return;
            }
            catch (Exception error) when (error is StorageUnavailableException or DeposedException && failures < 3)
            {
                // The next one begins.
                continue;
            }
        }
    }

    private void Trace(string text)
    {
        foreach (var character in text)
        {
            _trace = (_trace ^ character) * 1099511628211UL;
        }
    }
}
