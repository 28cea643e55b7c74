using System.Diagnostics;
using Saas.Contracts;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Exec;

namespace Saas.EdgeAgent.Tests.Exec;

/// <summary>What is the exec driver's own, beyond the contract.</summary>
public sealed class ExecDriverTests(ExecHarness harness) : IClassFixture<ExecHarness>
{
    private readonly IWorkloadDriver _driver = harness.Open();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("exit 3", 3)]
    [InlineData("kill -KILL $$", 137)]
    [InlineData("kill -TERM $$", 143)]
    public async Task Inspect_TaskEnded_TellsItsExitCode(string script, int expected)
    {
        var ended = await RunToEndAsync(harness.Shell(NewId(), script));

        Assert.Equal(expected, ended.ExitCode);
        Assert.Contains($"{expected}", ended.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_TaskRuns_HasItsOwnSessionAndDefaultSignals()
    {
        var spec = harness.Shell(NewId(), "exec cat /proc/self/status");

        await RunToEndAsync(spec);

        var status = await _driver.ReadOutputTailAsync(spec.Id, 8192, Ct);
        var lines = status.Split('\n').Select(line => line.Split(':', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1].Trim());
        Assert.Equal(0ul, Convert.ToUInt64(lines["SigIgn"], 16));
        Assert.Equal(0ul, Convert.ToUInt64(lines["SigBlk"], 16));
        Assert.Equal(lines["Pid"], lines["NSsid"]);
    }

    [Fact]
    public async Task Start_Environment_HoldsTheTasksAndNothingOfTheAgents()
    {
        Environment.SetEnvironmentVariable("SAAS_ENROLMENT_TOKEN", "secret");
        var spec = harness.Spec(NewId(), "env");
        spec = spec with { Task = spec.Task with { Env = new Dictionary<string, string> { ["GREETING"] = "a 'b' \"c\" $d", ["od-d.name"] = "x" } } };

        await RunToEndAsync(spec);
        Environment.SetEnvironmentVariable("SAAS_ENROLMENT_TOKEN", null);

        var output = await _driver.ReadOutputTailAsync(spec.Id, 8192, Ct);
        Assert.Contains("GREETING=a 'b' \"c\" $d\n", output, StringComparison.Ordinal);
        Assert.Contains("od_d_name=x\n", output, StringComparison.Ordinal);
        Assert.Contains($"NOMAD_ALLOC_ID={spec.Id.AllocationId}\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", output, StringComparison.Ordinal);
        Assert.DoesNotContain("SAAS_EXEC_INNER", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OwnPathAndArguments_ReachTheTaskUnchanged()
    {
        var spec = harness.Spec(NewId(), "/usr/bin/printf", "[%s]", "a b", "", "*", "$(id)", "-n");
        spec = spec with { Task = spec.Task with { Env = new Dictionary<string, string> { ["PATH"] = "/nowhere" } } };

        await RunToEndAsync(spec);

        Assert.Equal("[a b][][*][$(id)][-n]", await _driver.ReadOutputTailAsync(spec.Id, 4096, Ct));
    }

    public static TheoryData<string, string?, string?, string> BadConfigs => new()
    {
        { "no command", null, null, "command is missing" },
        { "a missing file", "/nonexistent/x", null, "/nonexistent/x does not exist" },
        { "a file that is not executable", "/etc/passwd", null, "/etc/passwd is not executable" },
        { "a relative path", "bin/true", null, "bin/true is neither" },
        { "a name not on the path", "no-such-program", null, "no-such-program is not on" },
        { "a missing work_dir", "/bin/true", "/nonexistent", "work_dir /nonexistent does not exist" },
        { "a relative work_dir", "/bin/true", "tmp", "work_dir tmp is not" },
    };

    [Theory]
    [MemberData(nameof(BadConfigs))]
    public async Task Start_BadConfig_SaysWhichSettingAndPath(string row, string? command, string? workDir, string expected)
    {
        var spec = harness.Spec(NewId(), "");
        var config = ExecHarness.Config(command ?? "");
        if (workDir is not null)
        {
            config["work_dir"] = System.Text.Json.JsonSerializer.SerializeToElement(workDir);
        }

        var fault = await Assert.ThrowsAsync<DriverException>(
            () => _driver.StartAsync(spec with { Task = spec.Task with { Config = config } }, Ct));

        Assert.Equal((row, DriverFault.InvalidConfig), (row, fault.Fault));
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Equal(WorkloadState.Absent, (await _driver.InspectAsync(spec.Id, Ct)).State);
    }

    [Fact]
    public async Task Stop_TaskFledItsSession_KillsItByItsStamp()
    {
        var spec = harness.Shell(NewId(), "setsid sleep 300 & echo fled; exec sleep 301");
        await _driver.StartAsync(spec, Ct);
        await Eventually.HoldsAsync(() => ExecHarness.Instances(spec.Id).Count == 2, harness.Patience, "both sessions run");

        await _driver.StopAsync(spec.Id, "SIGTERM", harness.Patience, Ct);

        Assert.Empty(ExecHarness.Instances(spec.Id));
    }

    [Fact]
    public async Task End_TaskLeftChildren_TheyEndWithIt()
    {
        var spec = harness.Shell(NewId(), "sleep 300 & exit 0");
        await RunToEndAsync(spec);

        await Eventually.HoldsAsync(
            () => !ProcessTable.WithEnvironment($"{ExecCommand.StampVariable}=node_a/{spec.Id.AllocationId}/task/0").Any(),
            harness.Patience, "no process bears the stamp");
    }

    [Fact]
    public async Task Inspect_WrapperWasKilled_TaskRunsOnAndItsEndIsUnknown()
    {
        var spec = harness.LongRunning(NewId());
        await _driver.StartAsync(spec, Ct);
        var claim = new ExecFolder(Path.Combine(harness.StateDirectory, "exec", "node_a"), spec.Id).ReadClaim()!;

        Signals.Send(claim.Wrapper.Id, Signals.Kill);
        await Eventually.HoldsAsync(() => !claim.WrapperRuns, harness.Patience, "the wrapper is gone");

        Assert.Equal(WorkloadState.Running, (await _driver.InspectAsync(spec.Id, Ct)).State);
        await _driver.StopAsync(spec.Id, "SIGTERM", harness.Patience, Ct);
        var ended = await _driver.InspectAsync(spec.Id, Ct);
        Assert.Equal((WorkloadState.Ended, null), (ended.State, ended.ExitCode));
    }

    [Fact]
    public async Task Start_ManyAgentsAtOnce_OneClaims()
    {
        // More than the contract asks: wrappers of killed agents may still be on their way to the claim.
        var spec = harness.LongRunning(NewId());
        await harness.CutOffStartAsync(spec, Ct);
        var wrapper = ExecWrapper.Find(out var _)!;
        var output = new OutputFiles(Path.Combine(spec.TaskDirectory, "logs"), "task");
        output.Create();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var folder = new ExecFolder(Path.Combine(harness.StateDirectory, "exec", "node_a"), spec.Id);
            using var process = wrapper.Spawn(folder, ExecCommand.From(spec, $"node_a/{spec.Id.AllocationId}/task/0"), output);
            await Eventually.HoldsAsync(() => folder.IsClaimed, harness.Patience, "a claim");
        })));

        await Eventually.HoldsAsync(() => ExecHarness.Instances(spec.Id).Count == 1, harness.Patience, "one instance");
        Assert.Equal(WorkloadState.Running, (await _driver.InspectAsync(spec.Id, Ct)).State);
        await _driver.RemoveAsync(spec.Id, Ct);
    }

    [Fact]
    public async Task Inspect_OutputIsFull_RotatesAndKeepsTheNewest()
    {
        var spec = harness.Shell(NewId(), "head -c 1100000 /dev/zero | tr '\\0' x; echo one; sleep 1000");
        spec = spec with { Task = spec.Task with { LogConfig = new LogConfig { MaxFiles = 2, MaxFileSizeMB = 1 } } };
        await _driver.StartAsync(spec, Ct);
        var current = Path.Combine(spec.TaskDirectory, "logs", "task.stdout.0");
        await Eventually.HoldsAsync(() => new FileInfo(current).Length == 1_100_004, harness.Patience, "all is written");

        await _driver.InspectAsync(spec.Id, Ct);

        Assert.Equal(0, new FileInfo(current).Length);
        Assert.Equal(1_100_004, new FileInfo(current[..^1] + "1").Length);
        Assert.EndsWith("xxone\n", await _driver.ReadOutputTailAsync(spec.Id, 4096, Ct), StringComparison.Ordinal);
        await _driver.RemoveAsync(spec.Id, Ct);
    }

    [Fact]
    public async Task End_AgentIsTheParent_LeavesNoZombie()
    {
        await RunToEndAsync(harness.Shell(NewId(), "exit 0"));

        await Eventually.HoldsAsync(() => Zombies().Count == 0, harness.Patience, "no zombie children", () => string.Join(' ', Zombies()));
    }

    private static List<int> Zombies() => [.. Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0).Where(id => id > 0)
        .Where(id => ProcessTable.Read(id) is { State: 'Z' } && ParentOf(id) == Environment.ProcessId)];

    private static int ParentOf(int id) => File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1].Split(' ') is var fields ? int.Parse(fields[1]) : 0;

    private async Task<WorkloadStatus> RunToEndAsync(WorkloadSpec spec)
    {
        await _driver.StartAsync(spec, Ct);
        return await Eventually.HoldsAsync(
            () => _driver.InspectAsync(spec.Id, Ct), status => status.State == WorkloadState.Ended, harness.Patience, "the task ended");
    }

    private static WorkloadId NewId() => new(EntityId.New("alloc", TimeProvider.System), "task", 0);
}
