using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Tests.Fakes;

/// <summary>The machine under fake drivers: what runs on it goes on though every driver is thrown away.</summary>
public sealed class FakeHost(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Node, WorkloadId Id), FakeInstance> _instances = [];

    public TimeProvider Time => time;

    public FakeInstance? Find(string node, WorkloadId id)
    {
        lock (_lock)
        {
            return _instances.GetValueOrDefault((node, id));
        }
    }

    public IReadOnlyList<WorkloadId> List(string node)
    {
        lock (_lock)
        {
            return [.. _instances.Keys.Where(key => key.Node == node).Select(key => key.Id)];
        }
    }

    public FakeInstance Define(string node, WorkloadId id, string behaviour)
    {
        lock (_lock)
        {
            return _instances.TryGetValue((node, id), out var known) ? known : _instances[(node, id)] = new FakeInstance(behaviour);
        }
    }

    public void Forget(string node, WorkloadId id)
    {
        lock (_lock)
        {
            _instances.Remove((node, id));
        }
    }

    public void Launch(FakeInstance instance)
    {
        instance.Launches++;
        instance.Running++;
        instance.Status = new WorkloadStatus(WorkloadState.Running, StartedAt: time.GetUtcNow());
        instance.Output = $"{instance.Behaviour} ready\n";
        if (instance.Behaviour == FakeBehaviour.EndsWell)
        {
            End(instance, 0);
        }
    }

    /// <summary>The workload ends by itself.</summary>
    public void End(FakeInstance instance, int? exitCode)
    {
        instance.Running = 0;
        instance.Status = instance.Status with { State = WorkloadState.Ended, ExitCode = exitCode, EndedAt = time.GetUtcNow(), Reason = $"Exit code {exitCode}" };
    }
}

public sealed class FakeInstance(string behaviour)
{
    public string Behaviour => behaviour;
    public WorkloadStatus Status { get; set; } = new(WorkloadState.Starting);
    public int Launches { get; set; }
    public int Running { get; set; }
    public string Output { get; set; } = "";
}

public static class FakeBehaviour
{
    public const string Runs = "runs";
    public const string Deaf = "deaf";
    public const string EndsWell = "ends-well";
    public const string Misconfigured = "misconfigured";
}
