using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Allocations;

/// <summary>
/// An allocation as both sides know it. The assignment document is the truth of where it is and what is wanted of it;
/// the record is what its agent last said, and all that is left once the allocation has gone from the document.
/// </summary>
internal sealed class AllocationView
{
    private readonly AssignedAllocation? _assigned;
    private readonly AllocationRecord? _record;

    private AllocationView(AssignedAllocation? assigned, AllocationRecord? record, string nodeId, string region) =>
        (_assigned, _record, NodeId, Region) = (assigned, record, nodeId, region);

    public string NodeId { get; }
    public string Region { get; }
    public string Id => _assigned?.Id ?? _record!.Id;
    public string ProjectId => _assigned?.ProjectId ?? _record!.ProjectId;
    public string JobId => _assigned?.JobId ?? _record!.JobId;
    public long JobVersion => _assigned?.JobVersion ?? _record!.JobVersion;
    public string JobType => _assigned?.JobType ?? _record!.JobType;
    public string Group => _assigned?.Group ?? _record!.Group;
    public int Index => _assigned?.Index ?? _record!.Index;

    /// <summary>As Nomad names it: <c>job.group[index]</c>.</summary>
    public string Name => $"{JobId}.{Group}[{Index}]";

    public string EvaluationId => _assigned?.EvaluationId ?? _record!.EvaluationId;
    public DateTimeOffset CreatedAt => _assigned?.CreatedAt ?? _record!.CreatedAt;
    public DateTimeOffset ModifiedAt => _record?.ModifiedAt ?? CreatedAt;
    public string DesiredStatus => _assigned?.DesiredStatus ?? _record!.DesiredStatus;
    public string DesiredDescription => _assigned?.DesiredDescription ?? _record!.DesiredDescription;
    public string ClientStatus => _record is { UnknownSince: not null } silent && !Contracts.Jobs.ClientStatus.IsTerminal(silent.ClientStatus)
        ? Contracts.Jobs.ClientStatus.Unknown
        : _record?.ClientStatus ?? Contracts.Jobs.ClientStatus.Pending;
    public string ClientDescription => _record?.ClientDescription ?? "";
    public string? PreviousAllocation => _assigned?.PreviousAllocation ?? _record?.PreviousAllocation;
    public string? DeploymentId => _assigned?.DeploymentId ?? _record?.DeploymentId;
    public bool Canary => _assigned?.Canary ?? _record!.Canary;

    /// <summary>What was found for another deployment before says nothing.</summary>
    public bool? Healthy => _record is { } record && (_assigned?.DeploymentId is null || _assigned.DeploymentId == record.DeploymentId) ? record.Healthy : null;

    /// <summary>Since when <see cref="Healthy"/> is known; null: it is not, or the record is of an older version.</summary>
    public DateTimeOffset? HealthSince => Healthy is null ? null : _record?.HealthSince;

    public DateTimeOffset? MoveAskedAt => _record?.MoveAskedAt;
    public double? Score => _assigned?.Score;
    public IReadOnlyList<AssignedPort> Ports => _assigned?.Ports ?? [];
    public IReadOnlyList<AssignedDevice> Devices => _assigned?.Devices ?? [];
    public IReadOnlyDictionary<string, TaskReport> Tasks => _record?.Tasks ?? new Dictionary<string, TaskReport>();

    /// <summary>Null once the allocation has left its node's document.</summary>
    public TaskGroup? TaskGroup => _assigned?.TaskGroup;

    /// <summary>As it is in the store, or would be.</summary>
    public AllocationRecord ToRecord() => _record ?? AllocationRecords.Begin(_assigned!, NodeId, Region);

    public static AllocationView Of(AssignedAllocation assigned, AllocationRecord? record, string nodeId, string region) =>
        new(assigned, record, nodeId, region);

    public static AllocationView Of(AllocationRecord record) => new(null, record, record.NodeId, record.Region);
}
