using System.ComponentModel;
using System.Diagnostics;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.EdgeAgent.Drivers.Exec;

/// <summary>
/// Runs a task as a process of the agent's own user (Nomad's raw_exec), in a session of its own. Everything known of a
/// workload is in its <see cref="ExecFolder"/>; the driver itself remembers nothing.
/// </summary>
public sealed class ExecDriver : IWorkloadDriver, IKeepsOutput, IRunsCommands
{
    /// <summary>From SIGKILL until the kernel must have taken the process away; longer only in uninterruptible I/O.</summary>
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestPoll = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMilliseconds(50);

    private readonly DriverSettings _settings;
    private readonly TimeProvider _time;
    private readonly string _root;

    public ExecDriver(DriverSettings settings, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _root = Path.Combine(settings.StateDirectory, "exec", settings.NodeId);
        Directory.CreateDirectory(_root);
    }

    public string Name => DriverNames.Exec;

    public Task<DriverCapability> FingerprintAsync(CancellationToken ct)
    {
        var healthy = ExecWrapper.Find(out var missing) is not null;
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        if (healthy)
        {
            attributes["driver.exec"] = "1";
            attributes["driver.raw_exec"] = "1";
        }

        return Task.FromResult(new DriverCapability(
            new DriverFingerprint(healthy, healthy ? "Healthy" : $"Not on the agent's PATH: {missing}"), attributes));
    }

    public async Task StartAsync(WorkloadSpec spec, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var folder = new ExecFolder(_root, spec.Id);
        if (folder.IsClaimed)
        {
            return;
        }

        var command = ExecCommand.From(spec, Stamp(spec.Id));
        var wrapper = ExecWrapper.Find(out var missing)
            ?? throw new DriverException(DriverFault.Transient, $"exec: not on the agent's PATH: {missing}");
        var output = new OutputFiles(Path.Combine(spec.TaskDirectory, "logs"), spec.Id.Task);
        try
        {
            output.Create();
            folder.WriteIntent(new ExecIntent(spec.Id.Task, output.Directory, spec.Task.LogConfig));
            using var process = wrapper.Spawn(folder, command, output);
            await AwaitClaimAsync(folder, process, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Win32Exception)
        {
            throw new DriverException(DriverFault.Transient, $"exec: cannot start: {e.Message}", e);
        }
    }

    public Task<WorkloadStatus> InspectAsync(WorkloadId id, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var folder = new ExecFolder(_root, id);
        if (folder.ReadIntent() is not { } intent)
        {
            return Task.FromResult(new WorkloadStatus(WorkloadState.Absent));
        }

        try
        {
            // Here, because every running workload is looked at every second or so: no timers, nothing to remember.
            new OutputFiles(intent.OutputDirectory, intent.Task).Rotate(intent.Logs);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriverException(DriverFault.Transient, $"exec: cannot rotate output: {e.Message}", e);
        }

        return Task.FromResult(Status(folder));
    }

    public Task<IReadOnlyList<WorkloadId>> ListAsync(CancellationToken ct) =>
        Task.FromResult<IReadOnlyList<WorkloadId>>([.. ExecFolder.List(_root)]);

    public async Task StopAsync(WorkloadId id, string signal, TimeSpan grace, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var number = Signals.Parse(signal);
        var folder = new ExecFolder(_root, id);
        if (folder.ReadIntent() is null || folder.TakeClaim() || folder.ReadClaim() is not { } claim)
        {
            return;
        }

        if (grace > TimeSpan.Zero && Status(folder).State == WorkloadState.Running)
        {
            Signals.Send(-claim.Task.Id, number);
            await PollAsync(() => Status(folder).State != WorkloadState.Running, grace, ct);
        }

        await KillAsync(folder, claim, id, ct);
    }

    public Task SignalAsync(WorkloadId id, string signal, CancellationToken ct)
    {
        var number = Signals.Parse(signal);
        var folder = new ExecFolder(_root, id);
        return Status(folder).State == WorkloadState.Running && folder.ReadClaim() is { } claim && Signals.Send(-claim.Task.Id, number)
            ? Task.CompletedTask
            : throw new DriverException(DriverFault.NotFound, $"exec: {Stamp(id)} does not run");
    }

    public async Task RemoveAsync(WorkloadId id, CancellationToken ct)
    {
        await StopAsync(id, "SIGKILL", TimeSpan.Zero, ct);
        try
        {
            new ExecFolder(_root, id).Remove();
        }
        catch (IOException e)
        {
            throw new DriverException(DriverFault.Transient, $"exec: cannot remove {Stamp(id)}: {e.Message}", e);
        }
    }

    public Task<string> ReadOutputTailAsync(WorkloadId id, int maxBytes, CancellationToken ct)
    {
        var intent = new ExecFolder(_root, id).ReadIntent();
        return Task.FromResult(intent is null ? "" : new OutputFiles(intent.OutputDirectory, intent.Task).ReadTail(maxBytes));
    }

    public Task<WorkloadStats?> ReadStatsAsync(WorkloadId id, CancellationToken ct)
    {
        if (new ExecFolder(_root, id).ReadClaim() is not { TaskRuns: true } claim)
        {
            return Task.FromResult<WorkloadStats?>(null);
        }

        var processes = ProcessTable.OfSession(claim.Task.Id).ToList();
        return Task.FromResult<WorkloadStats?>(new WorkloadStats(
            TimeSpan.FromTicks(processes.Sum(process => process.CpuTime.Ticks)),
            processes.Sum(process => process.ResidentPages) * Environment.SystemPageSize));
    }

    public ITaskOutput Output(string taskDirectory, string task, string type) => new ExecOutput(
        new OutputFiles(Path.Combine(taskDirectory, "logs"), task), type == "stderr" ? OutputStream.Stderr : OutputStream.Stdout);

    public Task<ITaskCommand> RunCommandAsync(WorkloadId id, IReadOnlyList<string> command, bool tty, CancellationToken ct) =>
        new ExecFolder(_root, id).ReadClaim() is { TaskRuns: true } claim
            ? Task.FromResult<ITaskCommand>(ExecTaskCommand.Start(claim.Task.Id, command, tty))
            : throw new DriverException(DriverFault.NotFound, $"exec: {Stamp(id)} does not run");

    private static WorkloadStatus Status(ExecFolder folder)
    {
        if (folder.ReadExit() is { } exit)
        {
            return Ended(folder, exit);
        }

        if (folder.ReadClaim() is not { } claim)
        {
            return folder.IsClaimed
                ? new WorkloadStatus(WorkloadState.Ended, Reason: "Stopped before it started")
                : new WorkloadStatus(folder.ReadIntent() is null ? WorkloadState.Absent : WorkloadState.Starting);
        }

        // A live wrapper without its task is about to write the exit code.
        if (claim.TaskRuns || claim.WrapperRuns)
        {
            return new WorkloadStatus(WorkloadState.Running, StartedAt: claim.At);
        }

        // Both gone: either the code was written since we looked, or nobody was left to write it.
        return folder.ReadExit() is { } late
            ? Ended(folder, late)
            : new WorkloadStatus(WorkloadState.Ended, StartedAt: claim.At, Reason: "Its end was not seen: the machine or its wrapper went down");
    }

    private static WorkloadStatus Ended(ExecFolder folder, ExecExit exit)
    {
        var signal = exit.Code is { } code ? Signals.NameOfExit(code) : null;
        return new WorkloadStatus(
            WorkloadState.Ended, exit.Code, folder.ReadClaim()?.At, exit.At,
            exit.Code is null ? "Exit code unknown" : $"Exit code {exit.Code}{(signal is null ? "" : $" ({signal})")}");
    }

    /// <summary>Everything that bears the stamp, whatever session it fled to; but the wrapper, which records the end.</summary>
    private async Task KillAsync(ExecFolder folder, ExecClaim claim, WorkloadId id, CancellationToken ct)
    {
        if (claim.TaskRuns)
        {
            Signals.Send(-claim.Task.Id, Signals.Kill);
        }

        if (!await PollAsync(() => KillStamped(claim, id) == 0 && Status(folder).State != WorkloadState.Running, KillPatience, ct))
        {
            throw new DriverException(DriverFault.Transient, $"exec: process {claim.Task.Id} of {Stamp(id)} does not die");
        }
    }

    private int KillStamped(ExecClaim claim, WorkloadId id) => ProcessTable
        .WithEnvironment($"{ExecCommand.StampVariable}={Stamp(id)}")
        .Count(process => process != claim.Wrapper.Id && Signals.Send(process, Signals.Kill));

    private async Task AwaitClaimAsync(ExecFolder folder, Process wrapper, CancellationToken ct)
    {
        var settled = await PollAsync(() => folder.IsClaimed || wrapper.HasExited, StartPatience, ct);
        if (!folder.IsClaimed)
        {
            throw new DriverException(DriverFault.Transient, settled ? "exec: the wrapper ended at once" : "exec: the wrapper hangs");
        }
    }

    private async Task<bool> PollAsync(Func<bool> condition, TimeSpan patience, CancellationToken ct)
    {
        var start = _time.GetTimestamp();
        var pause = ShortestPoll;
        while (!condition())
        {
            if (_time.GetElapsedTime(start) >= patience)
            {
                return false;
            }

            await Task.Delay(pause, _time, ct);
            pause = pause * 2 < LongestPoll ? pause * 2 : LongestPoll;
        }

        return true;
    }

    private string Stamp(WorkloadId id) => $"{_settings.NodeId}/{id.AllocationId}/{id.Task}/{id.Run}";
}
