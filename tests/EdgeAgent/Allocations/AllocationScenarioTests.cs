using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Exec;
using Saas.EdgeAgent.Tests.Exec;
using Saas.EdgeAgent.Tests.Fakes;

namespace Saas.EdgeAgent.Tests.Allocations;

public sealed class AllocationScenarioTests : AgentScenario
{
    [Fact]
    public async Task ABatchTaskRunsOnceAndNeverAgainThoughItStaysAssigned()
    {
        var allocation = Assignments.Shell("echo x >> $NOMAD_ALLOC_DIR/runs", JobTypes.Batch);
        Plane.Assign(allocation);
        Agent.Start();
        await StatusAsync(allocation, ClientStatus.Complete);

        await Agent.StopAsync();
        var reports = Plane.AllReports.Count;
        Agent.Start();
        await UntilAsync(() => Plane.AllReports.Count > reports, "it is reported anew");

        Assert.Equal(ClientStatus.Complete, Report(allocation)!.ClientStatus);
        Assert.Single(await File.ReadAllLinesAsync(Path.Combine(Data, "allocs", allocation.Id, "alloc", "runs")));
        Assert.Equal(["Received", "Started", "Terminated", "Not Restarting"], Report(allocation)!.Tasks["main"].Events.Select(e => e.Type));
    }

    [Fact]
    public async Task ATaskReadsWhatItsJobWasDispatchedWith()
    {
        var shell = Assignments.Shell(
            "cat $NOMAD_TASK_DIR/in/input.txt; stat -c ' %a' $NOMAD_TASK_DIR/in/input.txt; echo $NOMAD_JOB_PARENT_ID $NOMAD_META_DAY", JobTypes.Batch);
        var allocation = shell with
        {
            JobId = "report/dispatch-1764414000-0123abcd",
            TaskGroup = shell.TaskGroup with
            {
                Payload = "aGVsbG8=",
                Meta = new Dictionary<string, string> { ["day"] = "monday" },
                Tasks = [shell.TaskGroup.Tasks![0] with { DispatchPayload = new DispatchPayloadConfig { File = "in/input.txt" } }],
            },
        };
        Plane.Assign(allocation);
        Agent.Start();

        await StatusAsync(allocation, ClientStatus.Complete);

        Assert.Equal("hello 600\nreport monday\n", Report(allocation)!.Tasks["main"].OutputTail);
    }

    [Fact]
    public async Task AFailingServiceIsRestartedByItsPolicyAndThenFails()
    {
        var policy = new RestartPolicy { Attempts = 1, Interval = 3_600_000_000_000, Delay = 100_000_000, Mode = "fail" };
        var allocation = Assignments.Shell("echo failing; exit 7", policy: policy);
        Plane.Assign(allocation);
        Agent.Start();

        await StatusAsync(allocation, ClientStatus.Failed);

        var task = Report(allocation)!.Tasks["main"];
        Assert.Equal(("dead", true, 1, 7), (task.State, task.Failed, task.Restarts, task.ExitCode));
        Assert.Equal("failing\nfailing\n", task.OutputTail);
        Assert.Equal(
            ["Received", "Started", "Terminated", "Restarting", "Started", "Terminated", "Not Restarting"], task.Events.Select(e => e.Type));
    }

    [Fact]
    public async Task ATaskIsRestartedByItsOwnPolicyBeforeItsGroups()
    {
        var own = new RestartPolicy { Attempts = 2, Interval = 3_600_000_000_000, Delay = 50_000_000, Mode = "fail" };
        var allocation = Assignments.Of(
            JobTypes.Service, Assignments.NoRestarts,
            Assignments.Task("main", "/bin/sh", "-c", "exit 7") with { RestartPolicy = own });
        Plane.Assign(allocation);
        Agent.Start();

        await StatusAsync(allocation, ClientStatus.Failed);

        Assert.Equal(2, Report(allocation)!.Tasks["main"].Restarts);
    }

    [Fact]
    public async Task AFailedTaskTakesItsSiblingsAlong()
    {
        var allocation = Assignments.Of(
            JobTypes.Service, Assignments.NoRestarts,
            Assignments.Task("good", "/bin/sh", "-c", RunsOn), Assignments.Task("bad", "/bin/sh", "-c", "sleep 0.5; exit 1"));
        Plane.Assign(allocation);
        Agent.Start();

        await StatusAsync(allocation, ClientStatus.Failed);

        Assert.False(Report(allocation)!.Tasks["good"].Failed);
        Assert.Contains("Sibling task bad failed", Report(allocation)!.Tasks["good"].Events.Select(e => e.Message));
        Assert.Empty(Instances(allocation));
    }

    [Fact]
    public async Task WhatNoDriverCanRunFailsAndSaysWhy()
    {
        var missing = Assignments.Of(JobTypes.Service, null, Assignments.Task("main", "/nonexistent/program"));
        var foreign = Assignments.Of(JobTypes.Service, null, Assignments.Task("main", "x") with { Driver = "java" });
        var hostile = Assignments.Of(JobTypes.Service, null, Assignments.Task("../../escape", "/bin/true"));
        Plane.Assign(missing, foreign, hostile);
        Agent.Start();

        await StatusAsync(missing, ClientStatus.Failed);
        await StatusAsync(foreign, ClientStatus.Failed);
        await StatusAsync(hostile, ClientStatus.Failed);

        Assert.Contains("/nonexistent/program", Report(missing)!.Tasks["main"].Events.Single(e => e.Type == "Driver Failure").Message, StringComparison.Ordinal);
        Assert.Contains("java", Report(foreign)!.Tasks["main"].Events.Single(e => e.Type == "Driver Failure").Message, StringComparison.Ordinal);
        Assert.Contains("name", Report(hostile)!.ClientDescription, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Data, "..", "escape")));
    }

    [Fact]
    public async Task ASlowStopHoldsUpNoOther()
    {
        var deaf = Assignments.Of(JobTypes.Service, null, Assignments.Task("main", "/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 30; done") with
        {
            KillTimeout = 60_000_000_000,
        });
        Plane.Assign(deaf);
        Agent.Start();
        await UntilAsync(() => Report(deaf)?.Tasks["main"].OutputTail == "ready\n", "it ignores SIGTERM");
        Plane.Assign(deaf.Stopped());
        await UntilAsync(() => Report(deaf)!.Tasks["main"].Events[^1].Type == "Killing", "it is being stopped");

        var next = Assignments.Shell(RunsOn);
        Plane.Assign(deaf.Stopped(), next);

        await StatusAsync(next, ClientStatus.Running);
        Assert.Equal(ClientStatus.Running, Report(deaf)!.ClientStatus);
    }

    [Fact]
    public async Task AWorkloadThatIsNotAssignedIsStoppedAndRemovedButNotBeforeAnAssignmentWasSeen()
    {
        Agent.Start();
        await UntilAsync(() => Plane.Fingerprint is not null, "it is enrolled");
        await Agent.StopAsync();
        File.Delete(Path.Combine(Data, "assignment.json"));
        using var folder = new TestFolder();
        var driver = new ExecDriver(new DriverSettings(Plane.NodeId, Path.Combine(Data, "drivers")), TimeProvider.System);
        await using var harness = new ExecHarness();
        var orphan = harness.LongRunning(new WorkloadId(EntityId.New("alloc", TimeProvider.System), "task", 0));
        await driver.StartAsync(orphan, TestContext.Current.CancellationToken);

        var isSilent = true;
        Plane.Fault = async http =>
        {
            if (isSilent)
            {
                await FakeControlPlane.RefuseAsync(http, 500, "down");
            }

            return isSilent;
        };
        var asked = Plane.Requests.Count;
        Agent.Start();
        await UntilAsync(() => Plane.Requests.Count > asked + 6, "the agent asks in vain");
        Assert.Single(AgentWorkloads.Instances(Plane.NodeId, orphan.Id.AllocationId));

        isSilent = false;
        await UntilAsync(() => AgentWorkloads.Instances(Plane.NodeId, orphan.Id.AllocationId).Count == 0, "the orphan is stopped");
        await UntilAsync(() => !Directory.EnumerateDirectories(Path.Combine(Data, "drivers", "exec", Plane.NodeId)).Any(), "and removed");
    }

    [Fact]
    public async Task WithoutANetworkARestartedAgentKeepsAndRestartsWhatShouldRun()
    {
        var kept = Assignments.Shell(RunsOn);
        var lost = Assignments.Shell(RunsOn, policy: new RestartPolicy { Attempts = 5, Delay = 100_000_000 });
        Plane.Assign(kept, lost);
        Agent.Start();
        await StatusAsync(kept, ClientStatus.Running);
        await StatusAsync(lost, ClientStatus.Running);
        var (keptProcess, lostProcess) = (Instances(kept).Single(), Instances(lost).Single());
        await Agent.StopAsync();

        Signals.Send(-lostProcess, Signals.Kill);
        var isDown = true;
        Plane.Fault = http =>
        {
            if (isDown)
            {
                http.Abort();
            }

            return Task.FromResult(isDown);
        };
        Agent.Start();
        await UntilAsync(() => Instances(lost) is [var again] && again != lostProcess, "what was killed runs again");
        Assert.Equal(keptProcess, Assert.Single(Instances(kept)));

        isDown = false;
        await UntilAsync(() => Report(lost)!.Tasks["main"].Restarts == 1, "the outage's events arrive");
        Assert.Equal(137, Report(lost)!.Tasks["main"].Events.Any(e => e.Message.Contains("137", StringComparison.Ordinal)) ? 137 : 0);
    }

    [Fact]
    public async Task CutOffFromTheControlPlaneWhatSaysSoIsStoppedAndDoesNotComeBackAndTheOthersRunOn()
    {
        var stays = Assignments.Shell(RunsOn);
        var leaves = Assignments.Shell(RunsOn);
        leaves = leaves with { TaskGroup = leaves.TaskGroup with { Disconnect = new DisconnectStrategy { StopOnClientAfter = 8_000_000_000 } } };
        Plane.Assign(stays, leaves);
        Agent.Start();
        await StatusAsync(stays, ClientStatus.Running);
        await StatusAsync(leaves, ClientStatus.Running);
        var isDown = true;
        Plane.Fault = async http =>
        {
            if (isDown)
            {
                await FakeControlPlane.RefuseAsync(http, 503, "down");
            }

            return isDown;
        };

        await UntilAsync(() => Instances(leaves).Count == 0, "it is stopped");
        Assert.Single(Instances(stays));
        isDown = false;
        await StatusAsync(leaves, ClientStatus.Complete);

        Assert.Contains("The control plane was not reached for 8 s", Report(leaves)!.Tasks["main"].Events.Select(e => e.Message));
        Assert.Equal(ClientStatus.Running, Report(stays)!.ClientStatus);
    }

    [Fact]
    public async Task WhatWasUnhealthyIsHealthyForTheNextDeploymentThoughTheAgentIsEndedBetween()
    {
        var policy = new RestartPolicy { Attempts = 1000, Interval = 3_600_000_000_000, Delay = 100_000_000 };
        var update = new UpdateStrategy { HealthCheck = HealthChecks.TaskStates, MinHealthyTime = 1_000_000_000, HealthyDeadline = 2_000_000_000 };
        var allocation = Assignments.Shell($"test -e $NOMAD_ALLOC_DIR/cured || exit 1; {RunsOn}", policy: policy);
        allocation = allocation with { DeploymentId = "dep_1", TaskGroup = allocation.TaskGroup with { Update = update } };
        Plane.Assign(allocation);
        Agent.Start();
        await UntilAsync(() => Report(allocation)?.Healthy == false, "it is unhealthy");
        await File.WriteAllTextAsync(Path.Combine(Data, "allocs", allocation.Id, "alloc", "cured"), "");
        await UntilAsync(() => Report(allocation)!.Tasks["main"].OutputTail == "ready\n", "it is cured");

        await Agent.StopAsync();
        Plane.Assign(allocation with { DeploymentId = "dep_2" });
        Agent.Start();
        await UntilAsync(() => Report(allocation) is { Healthy: true, DeploymentId: "dep_2" }, "it is healthy for the new deployment");

        Assert.DoesNotContain(Plane.AllReports, report => report is { Healthy: true, DeploymentId: "dep_1" } or { Healthy: false, DeploymentId: "dep_2" });
    }

    [Fact]
    public async Task WhatRunsLongEnoughIsHealthyWhatFailsIsNotAndABatchSaysNothing()
    {
        var update = new UpdateStrategy { HealthCheck = HealthChecks.TaskStates, MinHealthyTime = 1_000_000_000, HealthyDeadline = 60_000_000_000 };
        var well = WithUpdate(Assignments.Shell(RunsOn));
        var ill = WithUpdate(Assignments.Shell("exit 3", policy: Assignments.NoRestarts));
        var batch = Assignments.Shell("true", JobTypes.Batch);
        Plane.Assign(well, ill, batch);
        Agent.Start();

        await UntilAsync(() => Report(well)?.Healthy == true, "it is healthy");
        await StatusAsync(ill, ClientStatus.Failed);
        await StatusAsync(batch, ClientStatus.Complete);
        Assert.False(Report(ill)!.Healthy);
        Assert.Null(Report(batch)!.Healthy);
        Assert.DoesNotContain(Plane.AllReports, report => report.Id == ill.Id && report.ClientStatus == ClientStatus.Failed && report.Healthy is null);

        AssignedAllocation WithUpdate(AssignedAllocation allocation) =>
            allocation with { TaskGroup = allocation.TaskGroup with { Update = update } };
    }
}
