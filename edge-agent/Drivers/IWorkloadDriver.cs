using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.EdgeAgent.Drivers;

/// <summary>
/// Runs one kind of workload. Drivers must hold to what follows; the contract suite in tests/EdgeAgent checks it.
/// <list type="number">
/// <item>A workload is known by its <see cref="WorkloadId"/> alone. The driver stamps it on what it runs, in a place that
/// survives the agent: libvirt UUID and metadata, a file beside the process, a container label. After a restart of
/// the agent, killed at any instruction, the driver finds its workloads by these stamps and by nothing in memory.</item>
/// <item>Every method may be repeated and gives the same result.</item>
/// <item>Faults are <see cref="DriverException"/> with a <see cref="DriverFault"/> that says whether to try again.</item>
/// <item>Calls for different workloads may run at once; the agent makes one call at a time for one workload, but for
/// <see cref="SignalAsync"/> and <see cref="ReadStatsAsync"/>, which may come beside any other.</item>
/// <item>Cancelling a call leaves the workload as it was or as the call would have made it.</item>
/// </list>
/// </summary>
public interface IWorkloadDriver
{
    /// <summary>One of <see cref="DriverNames"/>.</summary>
    string Name { get; }

    /// <summary>Whether it can run workloads now and which attributes it adds to the node's. Never throws for a missing hypervisor.</summary>
    Task<DriverCapability> FingerprintAsync(CancellationToken ct);

    /// <summary>
    /// Sees to it that exactly one instance runs: starts it if it was never started, finishes a start that was cut off,
    /// does nothing if it runs. A workload that has ended is not started again: see <see cref="RemoveAsync"/>.
    /// <c>InvalidConfig</c> where the task's config cannot work; <c>Transient</c> if the hypervisor does not answer.
    /// </summary>
    Task StartAsync(WorkloadSpec spec, CancellationToken ct);

    /// <summary>What there is of the workload, from the driver's own stamps; <see cref="WorkloadState.Absent"/> if nothing.</summary>
    Task<WorkloadStatus> InspectAsync(WorkloadId id, CancellationToken ct);

    /// <summary>All workloads that bear this driver's stamp, of this agent (see <see cref="DriverSettings.NodeId"/>).</summary>
    Task<IReadOnlyList<WorkloadId>> ListAsync(CancellationToken ct);

    /// <summary>
    /// Stops the workload: asks by <paramref name="signal"/> (a VM: ACPI), waits at most <paramref name="grace"/> (0 = at once), then
    /// forces. Stopping what is stopped or absent succeeds. It stays inspectable until removed.
    /// </summary>
    Task StopAsync(WorkloadId id, string signal, TimeSpan grace, CancellationToken ct);

    /// <summary>Sends a signal (<c>SIGHUP</c>, …). <c>NotFound</c> if it does not run; <c>InvalidConfig</c> if the driver has no such signal.</summary>
    Task SignalAsync(WorkloadId id, string signal, CancellationToken ct);

    /// <summary>Forgets the workload and frees what it holds, by force if it still runs; output files stay. Removing what is absent succeeds.</summary>
    Task RemoveAsync(WorkloadId id, CancellationToken ct);

    /// <summary>The last <paramref name="maxBytes"/> (up to 64 KiB) of console or standard output, as UTF-8 text; empty if none.</summary>
    Task<string> ReadOutputTailAsync(WorkloadId id, int maxBytes, CancellationToken ct);

    /// <summary>What it uses now; null if it does not run.</summary>
    Task<WorkloadStats?> ReadStatsAsync(WorkloadId id, CancellationToken ct);
}

/// <param name="AllocationId"><c>alloc_…</c></param>
/// <param name="Task">Name of the task: letters, digits, <c>- _ .</c>, up to 64.</param>
/// <param name="Run">0 for the first start; one more for every restart.</param>
public readonly record struct WorkloadId(string AllocationId, string Task, int Run);

public sealed record WorkloadSpec
{
    public required WorkloadId Id { get; init; }
    public required JobTask Task { get; init; }

    /// <summary>Virtual CPUs of a VM; the share of a process. At least 1.</summary>
    public required int Vcpus { get; init; }

    public required int MemoryMB { get; init; }

    /// <summary>Written for the task, beside <see cref="JobTask.Env"/>: <c>NOMAD_ALLOC_ID</c> and its kin.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The task's own folder; exists. Output goes to its subfolder <c>logs</c>.</summary>
    public required string TaskDirectory { get; init; }
}

/// <summary>What all drivers of one agent are told.</summary>
/// <param name="NodeId">Stamped beside the allocation, so that two agents on one machine leave each other's workloads alone.</param>
/// <param name="StateDirectory">Where a driver keeps its own files; exists.</param>
public sealed record DriverSettings(string NodeId, string StateDirectory);

public sealed record DriverCapability(DriverFingerprint Fingerprint, IReadOnlyDictionary<string, string> Attributes);

public enum WorkloadState
{
    /// <summary>Nothing bears this id: never started, or removed.</summary>
    Absent,

    /// <summary>A start was cut off before the workload ran: call Start again.</summary>
    Starting,

    Running,

    /// <summary>It ran and ended; <see cref="WorkloadStatus.ExitCode"/> says how.</summary>
    Ended,
}

/// <param name="ExitCode">0 for success; 128 + signal for a process that was killed; null while it runs, or if the end was not seen.</param>
/// <param name="Reason">Why it ended, for people.</param>
public sealed record WorkloadStatus(
    WorkloadState State, int? ExitCode = null, DateTimeOffset? StartedAt = null, DateTimeOffset? EndedAt = null, string? Reason = null);

/// <param name="CpuTime">Consumed since start.</param>
public sealed record WorkloadStats(TimeSpan CpuTime, long MemoryBytes);

public enum DriverFault
{
    /// <summary>Try again later: the hypervisor did not answer, a file was busy.</summary>
    Transient,

    /// <summary>Will fail again: the task's config is wrong for this node.</summary>
    InvalidConfig,

    NotFound,
}

public sealed class DriverException(DriverFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    public DriverFault Fault { get; } = fault;
}
