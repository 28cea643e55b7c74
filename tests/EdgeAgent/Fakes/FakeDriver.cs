using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Tests.Fakes;

/// <summary>A driver to script: config <c>command</c> is a <see cref="FakeBehaviour"/>. It passes the contract suite.</summary>
public class FakeDriver(FakeHost host, string node, string name = DriverNames.Exec) : IWorkloadDriver
{
    public string Name => name;

    protected FakeHost Host => host;
    protected string Node => node;

    /// <summary>Awaited before a call does anything; throw to script a fault.</summary>
    public Func<string, WorkloadId, CancellationToken, Task> Before { get; set; } = (_, _, _) => Task.CompletedTask;

    public Task<DriverCapability> FingerprintAsync(CancellationToken ct) => Task.FromResult(new DriverCapability(
        new DriverFingerprint(true, "Healthy"), new Dictionary<string, string> { [$"driver.{name}"] = "1" }));

    public virtual async Task StartAsync(WorkloadSpec spec, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await Before("start", spec.Id, ct);
        var behaviour = spec.Task.Config?["command"].GetString() ?? FakeBehaviour.Misconfigured;
        if (behaviour == FakeBehaviour.Misconfigured)
        {
            throw new DriverException(DriverFault.InvalidConfig, "fake: misconfigured");
        }

        var instance = host.Define(node, spec.Id, behaviour);
        if (instance.Status.State == WorkloadState.Starting)
        {
            host.Launch(instance);
        }
    }

    public virtual async Task<WorkloadStatus> InspectAsync(WorkloadId id, CancellationToken ct)
    {
        await Before("inspect", id, ct);
        return host.Find(node, id)?.Status ?? new WorkloadStatus(WorkloadState.Absent);
    }

    public virtual Task<IReadOnlyList<WorkloadId>> ListAsync(CancellationToken ct) => Task.FromResult(host.List(node));

    public virtual async Task StopAsync(WorkloadId id, string signal, TimeSpan grace, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await Before("stop", id, ct);
        if (host.Find(node, id) is not { } instance || instance.Status.State == WorkloadState.Ended)
        {
            return;
        }

        if (instance.Behaviour == FakeBehaviour.Deaf && instance.Running > 0)
        {
            await Task.Delay(grace, host.Time, ct);
        }

        host.End(instance, instance.Behaviour == FakeBehaviour.Deaf ? 137 : 0);
    }

    public Task SignalAsync(WorkloadId id, string signal, CancellationToken ct) => signal switch
    {
        _ when !signal.StartsWith("SIGHUP", StringComparison.Ordinal) => throw new DriverException(DriverFault.InvalidConfig, "fake: no such signal"),
        _ when host.Find(node, id) is not { Running: > 0 } => throw new DriverException(DriverFault.NotFound, "fake: does not run"),
        _ => Task.CompletedTask,
    };

    public virtual async Task RemoveAsync(WorkloadId id, CancellationToken ct)
    {
        await Before("remove", id, ct);
        host.Forget(node, id);
    }

    public Task<string> ReadOutputTailAsync(WorkloadId id, int maxBytes, CancellationToken ct)
    {
        var output = host.Find(node, id)?.Output ?? "";
        return Task.FromResult(output.Length > maxBytes ? output[^maxBytes..] : output);
    }

    public Task<WorkloadStats?> ReadStatsAsync(WorkloadId id, CancellationToken ct) => Task.FromResult(
        host.Find(node, id) is { Running: > 0 } ? new WorkloadStats(TimeSpan.FromSeconds(1), 1 << 20) : null);
}
