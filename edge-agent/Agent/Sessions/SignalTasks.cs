using System.Globalization;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Sessions;

/// <summary>A signal to one task or to all.</summary>
internal sealed class SignalTasks(AllocationStore store, DriverSet drivers, TimeProvider time) : ISessionOperation
{
    /// <summary>Nomad's drivers of processes take this for none.</summary>
    private const string Default = "SIGINT";

    public string Kind => SessionKinds.Signal;

    public async Task RunAsync(OpenSession session, SessionLine line, CancellationToken ct)
    {
        var request = session.Request;
        var slot = store.Require(request.AllocationId);
        var signal = request.Signal is { Length: > 0 } named ? named : Default;
        if (request.Task is { Length: > 0 } name)
        {
            var task = slot.Record.Tasks.FirstOrDefault(candidate => candidate.Name == name) ?? throw Refused("Task not found");
            await line.ClaimAsync(ct);
            if (await SendAsync(slot, task, signal, ct) is { } fault)
            {
                throw Refused(fault);
            }

            return;
        }

        await line.ClaimAsync(ct);
        var faults = new List<string>();
        foreach (var task in slot.Record.Tasks)
        {
            if (await SendAsync(slot, task, signal, ct) is { } fault)
            {
                faults.Add($"Failed to signal task: {task.Name}, err: {fault}");
            }
        }

        if (faults.Count > 0)
        {
            throw Refused(TextOf(faults));
        }
    }

    /// <returns>Null: it was sent.</returns>
    private async Task<string?> SendAsync(AllocationSlot slot, TaskRecord task, string signal, CancellationToken ct)
    {
        if (task.Phase != TaskPhase.Running || drivers.Find(task.Driver) is not { } driver)
        {
            return "Task not running";
        }

        try
        {
            await driver.SignalAsync(new WorkloadId(slot.Record.Assigned.Id, task.Name, task.Run), signal, ct);
        }
        catch (DriverException e)
        {
            return e.Fault == DriverFault.NotFound ? "Task not running" : e.Message;
        }

        slot.Change(record => record.With(TaskTransitions.Signaled(record.Task(task.Name), signal, time.GetUtcNow())));
        return null;
    }

    /// <summary>In the form of the library that Nomad collects its errors with.</summary>
    private static string TextOf(List<string> faults) =>
        $"{(faults.Count == 1 ? "1 error" : string.Create(CultureInfo.InvariantCulture, $"{faults.Count} errors"))} occurred:\n{string.Concat(faults.Select(static fault => $"\t* {fault}\n"))}\n";

    private static SessionRefusedException Refused(string text) => new(SessionRefusedException.Failed, text);
}
