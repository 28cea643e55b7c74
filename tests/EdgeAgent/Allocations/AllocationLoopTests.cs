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

/// <summary>The loop over drivers that hang and fail: what one allocation suffers, no other notices.</summary>
public sealed class AllocationLoopTests : IAsyncLifetime
{
    private const string Node = "node_a";

    private readonly TempDirectory _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly FakeHost _host = new(TimeProvider.System);
    private readonly HangingList _broken;
    private readonly FakeDriver _driver;
    private readonly CurrentAssignment _assignment;
    private readonly AllocationStore _store;
    private readonly AllocationLoop _loop;
    private Task _running = Task.CompletedTask;
    private int _index;

    public AllocationLoopTests()
    {
        _driver = new FakeDriver(_host, Node);
        _broken = new HangingList(_host, Node);
        var log = NullLogger.Instance;
        var time = TimeProvider.System;
        var drivers = new DriverSet([_driver, _broken], log);
        _assignment = new CurrentAssignment(new StateFile<NodeAssignment>(_folder.File("a.json"), StateJson.Default.NodeAssignment), Node);
        _store = new AllocationStore(Directory.CreateDirectory(_folder.File("records")).FullName, time);
        var usage = new UsageLedger(new StateFile<UsageState>(_folder.File("u.json"), StateJson.Default.UsageState), time, log);
        var tails = new OutputTails(drivers, time);
        var executor = new AllocationExecutor(drivers, new WorkloadSpecs(_folder.File("allocs")), NoDownloads.Of(_assignment), usage, tails, time, log);
        var services = new ServiceBoard(NoAllocationServices.Instance, _assignment, _store, time, log);
        var pass = new AllocationPass(_assignment, _store, drivers, executor, tails, usage, services, new HealthWatch(NoAllocationServices.Instance, time, log), new PlatformContact(time), time);
        _loop = new AllocationLoop(_assignment, _store, drivers, pass, services, time, log);
    }

    public ValueTask InitializeAsync()
    {
        _running = Task.Run(() => _loop.RunAsync(_stop.Token));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Run_ADriverNeverListsAndAStartHangs_OthersRun()
    {
        var hanging = Allocation();
        var other = Allocation();
        _driver.Before = (call, id, ct) => call == "start" && id.AllocationId == hanging.Id ? Task.Delay(Timeout.Infinite, ct) : Task.CompletedTask;

        Assign(hanging, other);

        await StatusAsync(other, ClientStatus.Running);
        await StatusAsync(hanging, ClientStatus.Pending);
    }

    [Fact]
    public async Task Run_StartFailsForAWhile_IsRetriedByThePolicyWithTheSameRun()
    {
        var failures = 2;
        _driver.Before = (call, _, _) => call == "start" && Interlocked.Decrement(ref failures) >= 0
            ? throw new DriverException(DriverFault.Transient, "busy")
            : Task.CompletedTask;
        var allocation = Allocation(new RestartPolicy { Attempts = 3, Delay = 1_000_000 });

        Assign(allocation);

        await StatusAsync(allocation, ClientStatus.Running);
        var task = _store.Find(allocation.Id)!.Record.Tasks[0];
        Assert.Equal((2, 0), (task.Restarts, task.Run));
        Assert.Equal(2, task.Events.Count(e => e.Type == "Driver Failure"));
    }

    [Fact]
    public async Task Run_StopFailsForAWhile_IsTriedAgainUntilItIsStopped()
    {
        var failures = 2;
        _driver.Before = (call, _, _) => call == "stop" && Interlocked.Decrement(ref failures) >= 0
            ? throw new DriverException(DriverFault.Transient, "busy")
            : Task.CompletedTask;
        var allocation = Allocation();
        Assign(allocation);
        await StatusAsync(allocation, ClientStatus.Running);

        Assign(allocation.Stopped());

        await StatusAsync(allocation, ClientStatus.Complete);
        Assert.Single(_store.Find(allocation.Id)!.Record.Tasks[0].Events, e => e.Type == "Killing");
    }

    [Fact]
    public async Task Run_ADriverThrowsWhatItMustNot_TheLoopGoesOn()
    {
        var broken = Allocation();
        _driver.Before = (_, id, _) => id.AllocationId == broken.Id ? throw new InvalidOperationException("fault of ours") : Task.CompletedTask;
        var other = Allocation();

        Assign(broken, other);

        await StatusAsync(other, ClientStatus.Running);
        Assert.False(_running.IsCompleted);
    }

    private static AssignedAllocation Allocation(RestartPolicy? policy = null) => Assignments.Of(
        JobTypes.Service, policy, Assignments.Task("main", "x") with { Config = ExecHarness.Config(FakeBehaviour.Runs) });

    private void Assign(params AssignedAllocation[] allocations) =>
        _assignment.Accept(new NodeAssignment { NodeId = Node, Index = ++_index, Epoch = 1, Allocations = allocations });

    private Task StatusAsync(AssignedAllocation allocation, string status) => Poll.UntilAsync(
        () => _store.Find(allocation.Id)?.Record.ClientStatus == status, $"{status}", () => _store.Find(allocation.Id)?.Record.Tasks[0]);

    private sealed class HangingList(FakeHost host, string node) : FakeDriver(host, node, DriverNames.Vm)
    {
        public override async Task<IReadOnlyList<WorkloadId>> ListAsync(CancellationToken ct)
        {
            await Task.Delay(Timeout.Infinite, ct);
            return [];
        }
    }
}
