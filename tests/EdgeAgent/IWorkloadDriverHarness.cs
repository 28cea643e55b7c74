using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Tests;

/// <summary>What an adapter gives the contract suite: workloads of its kind, and eyes that are not the driver's.</summary>
public interface IWorkloadDriverHarness
{
    /// <summary>From asking until it must be seen: start, end, output.</summary>
    TimeSpan Patience { get; }

    /// <summary>In the output of <see cref="LongRunning"/> soon after its start.</summary>
    string OutputMarker { get; }

    /// <summary>A signal that leaves <see cref="LongRunning"/> running; null if the driver has no signals.</summary>
    string? HarmlessSignal { get; }

    /// <summary>A new driver over the same state, as after the agent was killed and started again.</summary>
    IWorkloadDriver Open();

    /// <summary>The driver of another agent on the same machine.</summary>
    IWorkloadDriver OpenForOtherNode();

    /// <summary>Runs until stopped, and ends by itself when asked to stop.</summary>
    WorkloadSpec LongRunning(WorkloadId id);

    /// <summary>Runs until stopped by force.</summary>
    WorkloadSpec Deaf(WorkloadId id);

    /// <summary>Ends soon, successfully.</summary>
    WorkloadSpec EndingWell(WorkloadId id);

    /// <summary>Has a config that cannot work on this machine.</summary>
    WorkloadSpec Misconfigured(WorkloadId id);

    /// <summary>Leaves what an agent leaves that was killed after it noted (defined) the workload and before that ran.</summary>
    Task CutOffStartAsync(WorkloadSpec spec, CancellationToken ct);

    /// <summary>Instances that really run, counted without the driver.</summary>
    Task<int> CountInstancesAsync(WorkloadId id, CancellationToken ct);
}
