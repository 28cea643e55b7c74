using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.ControlPlane;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Reports;
using Saas.EdgeAgent.State;
using Saas.EdgeAgent.Tests.Exec;
using Saas.EdgeAgent.Tests.Fakes;
using Saas.EdgeAgent.Usage;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests.Allocations;

/// <summary>The loop over a fake driver: when services are in the picture, and when they have left it.</summary>
public sealed class ServiceBoardTests : IAsyncDisposable
{
    private const string Node = "node_a";

    private readonly TempDirectory _folder = new();
    private readonly FakeHost _host = new(TimeProvider.System);
    private readonly FakeDriver _driver;
    private RecordedServices _services = new();
    private CurrentAssignment _assignment = null!;
    private AllocationStore _store = null!;
    private CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private int _index;

    public ServiceBoardTests()
    {
        _driver = new FakeDriver(_host, Node);
        Directory.CreateDirectory(_folder.File("records"));
        Start();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Run_TheTaskRuns_ItsServiceIsShownAndNotBefore()
    {
        var mayStart = new TaskCompletionSource();
        _driver.Before = (call, _, ct) => call == "start" ? mayStart.Task.WaitAsync(ct) : Task.CompletedTask;
        var allocation = Allocation();
        Assign(allocation);
        await UntilAsync(() => _services.Picture is not null, "something is shown");
        Assert.Empty(_services.Of(allocation.Id));

        mayStart.SetResult();

        await UntilAsync(() => _services.Of(allocation.Id).Count == 1, "the service is shown");
    }

    [Fact]
    public async Task Run_IsToBeStopped_ServicesLeaveAndTheRegistrySaysSoBeforeTheSignal()
    {
        var order = new ConcurrentQueue<string>();
        var allocation = Allocation();
        Assign(allocation);
        await UntilAsync(() => _services.Of(allocation.Id).Count == 1, "the service is shown");
        var id = _services.Of(allocation.Id)[0];
        _services.Withdrawing = async (ids, _) =>
        {
            order.Enqueue($"shown {_services.Of(allocation.Id).Count}, asked {ids.Contains(id)}");
            await Task.Yield();
            order.Enqueue("withdrawn");
        };
        _driver.Before = (call, _, _) =>
        {
            if (call == "stop")
            {
                order.Enqueue("stop");
            }

            return Task.CompletedTask;
        };

        Assign(allocation.Stopped());

        await UntilAsync(() => _store.Find(allocation.Id)?.Record.IsTerminal == true, "it is stopped");
        Assert.Equal(["shown 0, asked True", "withdrawn", "stop"], order);
    }

    [Fact]
    public async Task Run_IsToBeStoppedAndItsDriverHangs_ServicesLeaveAllTheSame()
    {
        var allocation = Allocation();
        Assign(allocation);
        await UntilAsync(() => _services.Of(allocation.Id).Count == 1, "the service is shown");
        var hangs = new TaskCompletionSource();
        _driver.Before = (_, _, ct) =>
        {
            hangs.TrySetResult();
            return Task.Delay(Timeout.Infinite, ct);
        };
        await hangs.Task.WaitAsync(Poll.DefaultTimeout, TestContext.Current.CancellationToken);

        Assign(allocation.Stopped());

        await UntilAsync(() => _services.Of(allocation.Id).Count == 0, "the service is gone");
        Assert.DoesNotContain(allocation.Id, _services.Picture!.Undecided);
    }

    [Fact]
    public async Task Run_HasAShutdownDelay_ServicesLeaveAtOnceAndTheSignalComesAfterIt()
    {
        var (leaving, going) = (Delayed(seconds: 2), Allocation());
        Assign(leaving, going);
        await UntilAsync(() => _services.Of(leaving.Id).Count + _services.Of(going.Id).Count == 2, "both services are shown");
        var asked = new ConcurrentQueue<DateTimeOffset>();
        _services.Withdrawing = (_, _) =>
        {
            asked.Enqueue(TimeProvider.System.GetUtcNow());
            return Task.CompletedTask;
        };
        var stopped = new TaskCompletionSource<DateTimeOffset>();
        _driver.Before = (call, id, _) =>
        {
            if (call == "stop" && id.AllocationId == leaving.Id)
            {
                stopped.TrySetResult(TimeProvider.System.GetUtcNow());
            }

            return Task.CompletedTask;
        };

        Assign(leaving.Stopped(), going);

        await UntilAsync(() => _services.Of(leaving.Id).Count == 0, "the service is gone");
        await UntilAsync(() => _store.Find(leaving.Id)?.Record.IsTerminal == true, "it is stopped");
        var withdrawn = Assert.Single(asked);
        Assert.InRange(await stopped.Task - withdrawn, TimeSpan.FromSeconds(2), Poll.DefaultTimeout);
        Assert.Single(_services.Of(going.Id));
    }

    [Fact]
    public async Task Run_TheAgentIsStartedAnewAndTheAllocationLeavesMeanwhile_TheShutdownDelayGoesOn()
    {
        var allocation = Delayed(seconds: 3600);
        Assign(allocation);
        await UntilAsync(() => _services.Of(allocation.Id).Count == 1, "the service is shown");
        Assign(allocation.Stopped());
        await UntilAsync(() => StopNotBefore(allocation) is not null, "its delay has begun");
        var begun = StopNotBefore(allocation);
        await StopAsync();
        _driver.Before = (call, _, _) => call == "stop" ? throw new DriverException(DriverFault.InvalidConfig, "too early") : Task.CompletedTask;

        Start();
        Assign();
        var next = Allocation();
        Assign(next);

        await UntilAsync(() => _services.Of(next.Id).Count == 1, "another allocation's service is shown");
        Assert.Equal(begun, StopNotBefore(allocation));
        Assert.Empty(_services.Of(allocation.Id));
        Assert.Equal(WorkloadState.Running, _host.Find(Node, new WorkloadId(allocation.Id, "main", 0))!.Status.State);
    }

    [Fact]
    public async Task Run_TheTaskEndsAndStartsAnew_ItsServiceGoesAndComesBack()
    {
        var allocation = Allocation(new RestartPolicy { Attempts = 3, Interval = 3_600_000_000_000, Delay = 1_000_000, Mode = "fail" });
        Assign(allocation);
        await UntilAsync(() => _services.Of(allocation.Id).Count == 1, "the service is shown");
        var mayStart = new TaskCompletionSource();
        _driver.Before = (call, _, ct) => call == "start" ? mayStart.Task.WaitAsync(ct) : Task.CompletedTask;

        _host.End(_host.Find(Node, new WorkloadId(allocation.Id, "main", 0))!, 1);
        await UntilAsync(() => _services.Of(allocation.Id).Count == 0, "the service is gone");
        mayStart.SetResult();

        await UntilAsync(() => _services.Of(allocation.Id).Count == 1, "the service is back");
    }

    [Fact]
    public async Task Run_ANewVersionHasOtherTags_TheyAreShownAndNothingIsStopped()
    {
        var allocation = Allocation();
        Assign(allocation);
        await UntilAsync(() => _services.Of(allocation.Id).Count == 1, "the service is shown");
        var task = allocation.TaskGroup.Tasks![0];

        Assign(allocation with
        {
            JobVersion = 1,
            TaskGroup = allocation.TaskGroup with { Tasks = [task with { Services = [task.Services![0] with { Tags = ["v2"] }] }] },
        });

        await UntilAsync(() => _services.Picture!.Allocations.SelectMany(shown => shown.Services).Any(service => service.Declared.Tags?.Contains("v2") == true), "the tag is shown");
        Assert.Equal(1, _host.Find(Node, new WorkloadId(allocation.Id, "main", 0))!.Launches);
    }

    [Fact]
    public async Task Run_TheAgentIsStartedAnew_ShowsAllAgainAndLeavesUndecidedWhatItCannotSee()
    {
        var (seen, hanging) = (Allocation(), Allocation());
        Assign(seen, hanging);
        await UntilAsync(() => _services.Of(seen.Id).Count + _services.Of(hanging.Id).Count == 2, "both services are shown");
        await StopAsync();
        _driver.Before = (call, id, ct) => id.AllocationId == hanging.Id ? Task.Delay(Timeout.Infinite, ct) : Task.CompletedTask;

        Start();

        await UntilAsync(() => _services.Of(seen.Id).Count == 1, "the service is shown again");
        Assert.Equal([hanging.Id], _services.Picture!.Undecided);
    }

    [Fact]
    public async Task Run_NoAssignmentWasSeen_ShowsNothing()
    {
        var allocation = Allocation();
        Assign(allocation);
        await UntilAsync(() => _services.Of(allocation.Id).Count == 1, "the service is shown");
        await StopAsync();
        File.Delete(_folder.File("a.json"));
        var inspected = new TaskCompletionSource();
        _driver.Before = (call, _, _) =>
        {
            inspected.TrySetResult();
            return Task.CompletedTask;
        };

        Start();
        await inspected.Task.WaitAsync(Poll.DefaultTimeout, TestContext.Current.CancellationToken);
        Assert.Null(_services.Picture);

        Assign(allocation);
        await UntilAsync(() => _services.Of(allocation.Id).Count == 1, "the service is shown");
    }

    [Fact]
    public async Task Run_TheAllocationLeft_IsInNoPicture()
    {
        var allocation = Allocation();
        Assign(allocation);
        await UntilAsync(() => _services.Of(allocation.Id).Count == 1, "the service is shown");

        Assign();

        await UntilAsync(() => _services.Of(allocation.Id).Count == 0, "the service is gone");
    }

    [Fact]
    public async Task Withdrawn_TheRegistryIsAway_WaitsFiveSecondsAndGoesOn()
    {
        var time = new FakeTimeProvider();
        var services = new RecordedServices { Withdrawing = (_, ct) => Task.Delay(Timeout.Infinite, ct) };
        var board = new ServiceBoard(services, _assignment, _store, time, NullLogger.Instance);
        var record = AllocationRecord.New(Allocation(), DateTimeOffset.UnixEpoch);
        var waiting = board.WithdrawnAsync(record, new HashSet<string>(), new HashSet<string> { "main" }, TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(waiting.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));

        await waiting.WaitAsync(Poll.DefaultTimeout, TestContext.Current.CancellationToken);
    }

    private void Start()
    {
        var (log, time) = (NullLogger.Instance, TimeProvider.System);
        var drivers = new DriverSet([_driver], log);
        _services = new RecordedServices();
        _assignment = new CurrentAssignment(new StateFile<NodeAssignment>(_folder.File("a.json"), StateJson.Default.NodeAssignment), Node);
        _store = new AllocationStore(_folder.File("records"), time);
        var usage = new UsageLedger(new StateFile<UsageState>(_folder.File("u.json"), StateJson.Default.UsageState), time, log);
        var tails = new OutputTails(drivers, time);
        var executor = new AllocationExecutor(drivers, new WorkloadSpecs(_folder.File("allocs")), NoDownloads.Of(_assignment), usage, tails, time, log);
        var board = new ServiceBoard(_services, _assignment, _store, time, log);
        var pass = new AllocationPass(_assignment, _store, drivers, executor, tails, usage, board, new HealthWatch(_services, time, log), new PlatformContact(time), time);
        var loop = new AllocationLoop(_assignment, _store, drivers, pass, board, time, log);
        _stop = new CancellationTokenSource();
        _running = Task.Run(() => loop.RunAsync(_stop.Token));
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running;
    }

    private static AssignedAllocation Allocation(RestartPolicy? policy = null) => Assignments.Of(
        JobTypes.Service, policy,
        Assignments.Task("main", "x") with
        {
            Config = ExecHarness.Config(FakeBehaviour.Runs), Services = [new JobService { Name = "web", PortLabel = "80" }],
        });

    private static AssignedAllocation Delayed(long seconds)
    {
        var allocation = Allocation();
        return allocation with { TaskGroup = allocation.TaskGroup with { ShutdownDelay = seconds * 1_000_000_000 } };
    }

    private DateTimeOffset? StopNotBefore(AssignedAllocation allocation) => _store.Find(allocation.Id)?.Record.Task("main").StopNotBefore;

    private void Assign(params AssignedAllocation[] allocations) =>
        _assignment.Accept(new NodeAssignment { NodeId = Node, Index = ++_index, Epoch = 1, Allocations = allocations });

    private Task UntilAsync(Func<bool> condition, string what) => Poll.UntilAsync(condition, what, () => _services.Picture);
}
