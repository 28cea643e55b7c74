using Saas.Contracts.Agents;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Sessions;

/// <summary>Runs a command within a task. It lives as long as the session does: who cuts the client off ends it.</summary>
internal sealed class ExecInTask(AllocationStore store, DriverSet drivers) : ISessionOperation
{
    /// <summary>After a command has ended, what it left behind may hold its output open; nobody waits longer for that.</summary>
    private static readonly TimeSpan LastOutput = TimeSpan.FromSeconds(1);

    public string Kind => SessionKinds.Exec;

    public async Task RunAsync(OpenSession session, SessionLine line, CancellationToken ct)
    {
        var request = session.Request;
        var record = store.Require(request.AllocationId).Record;
        var task = record.Tasks.FirstOrDefault(candidate => candidate.Name == request.Task)
            ?? throw new SessionRefusedException(SessionRefusedException.BadRequest, $"unknown task name \"{request.Task}\"");
        if (task.StartedAt is null)
        {
            throw new SessionRefusedException(SessionRefusedException.NotFound, $"task \"{task.Name}\" not started yet.");
        }

        if (task.Phase != TaskPhase.Running)
        {
            throw NotRunning(task);
        }

        if (drivers.Find(task.Driver) is not IRunsCommands driver)
        {
            throw new SessionRefusedException(SessionRefusedException.Failed, "task driver does not support exec");
        }

        await line.ClaimAsync(ct);
        await using var command = await StartAsync(driver, new WorkloadId(record.Assigned.Id, task.Name, task.Run), request, task, ct);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var input = PassInputAsync(line, command, ends.Token);
        var output = Task.WhenAll(PassOutputAsync(command.Output, "stdout", line, ends.Token), PassOutputAsync(command.Errors, "stderr", line, ends.Token));
        try
        {
            line.ExitCode = await command.WaitAsync(ct);
            await Task.WhenAny(output, DrainedAsync(output, line, ct));
        }
        finally
        {
            await ends.CancelAsync();
            await Task.WhenAll(input, output).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<ITaskCommand> StartAsync(IRunsCommands driver, WorkloadId id, SessionRequest request, TaskRecord task, CancellationToken ct)
    {
        try
        {
            return await driver.RunCommandAsync(id, request.Command ?? [], request.Tty, ct);
        }
        catch (DriverException e) when (e.Fault == DriverFault.NotFound)
        {
            throw NotRunning(task);
        }
    }

    /// <summary>Ends when nothing was read for a while: a client that reads slowly still gets what was written.</summary>
    private static async Task DrainedAsync(Task output, SessionLine line, CancellationToken ct)
    {
        for (var made = -1L; made != line.Made && !output.IsCompleted;)
        {
            made = line.Made;
            await line.WaitEmptyAsync(ct);
            await Task.WhenAny(output, Task.Delay(LastOutput, ct));
        }
    }

    private static async Task PassInputAsync(SessionLine line, ITaskCommand command, CancellationToken ct)
    {
        await foreach (var frame in line.ReadAsync(ct))
        {
            if (frame.Size is { } size)
            {
                command.Resize(size.Height, size.Width);
            }

            if (frame.Data is { Length: > 0 } data)
            {
                await command.WriteAsync(data, ct);
            }

            if (frame.Close)
            {
                await command.CloseInputAsync();
            }
        }
    }

    private static async Task PassOutputAsync(Stream? output, string name, SessionLine line, CancellationToken ct)
    {
        var buffer = new byte[SessionProtocol.MaxDataBytes / 2];
        while (output is not null && await output.ReadAsync(buffer, ct) is var read && read > 0)
        {
            await line.SendAsync(new SessionFrame { Stream = name, Data = buffer[..read] }, ct);
        }

        await line.SendAsync(new SessionFrame { Stream = name, Close = true }, ct);
    }

    private static SessionRefusedException NotRunning(TaskRecord task) =>
        new(SessionRefusedException.NotFound, $"task \"{task.Name}\" is not running.");
}
