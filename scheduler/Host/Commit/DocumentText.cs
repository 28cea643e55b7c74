using System.Buffers;
using System.Runtime.CompilerServices;
using Saas.Cluster.Assignments;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Commit;

/// <summary>The documents of one commit as text, one behind the other, and the definitions they name.</summary>
internal sealed class DocumentText : IDisposable
{
    /// <summary>Task groups are shared by their allocations: each is hashed once, for as long as it is in use.</summary>
    private static readonly ConditionalWeakTable<TaskGroup, Definition> Hashed = [];

    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly AssignmentWriter _writer = new();

    public Dictionary<string, Definition> Definitions { get; } = new(StringComparer.Ordinal);

    /// <returns>Where the document stands.</returns>
    public Range Write(NodeAssignment assignment)
    {
        var begin = _text.WrittenCount;
        _writer.Begin(_text, assignment.NodeId, assignment.Index, assignment.Epoch);
        foreach (var assigned in assignment.Allocations)
        {
            var definition = Hashed.GetValue(assigned.TaskGroup, Definition.Of);
            Definitions.TryAdd(definition.Hash, definition);
            _writer.Add(ToStored(assigned, definition.Hash).ToEntry());
        }

        _writer.End();
        return begin.._text.WrittenCount;
    }

    /// <summary>Valid once all are written, because the text moves as it grows.</summary>
    public ReadOnlyMemory<byte> Slice(Range range) => _text.WrittenMemory[range];

    public void Dispose() => _writer.Dispose();

    private static StoredAllocation ToStored(AssignedAllocation assigned, string hash) => new()
    {
        Id = assigned.Id,
        Group = new AssignmentGroup(
            assigned.ProjectId, assigned.JobId, assigned.JobVersion, assigned.JobType, assigned.Group, hash),
        Index = assigned.Index,
        EvaluationId = assigned.EvaluationId,
        CreatedAt = assigned.CreatedAt,
        DesiredStatus = assigned.DesiredStatus,
        Description = assigned.DesiredDescription,
        PreviousAllocation = assigned.PreviousAllocation,
        DeploymentId = assigned.DeploymentId,
        Canary = assigned.Canary,
        Ports = assigned.Ports,
        Devices = assigned.Devices,
        Follows = assigned.Follows,
    };
}
