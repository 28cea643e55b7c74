using System.Buffers;
using System.Runtime.InteropServices;
using Saas.Cluster.Assignments;
using Saas.Contracts.Agents;
using Saas.Scheduler.Core.Model;
using Saas.Scheduler.Host.Cells;
using Saas.Scheduler.Host.Mapping;

namespace Saas.Scheduler.Host.Commit;

/// <summary>Some documents of a commit as text, one behind the other, and the definitions they name. Used again for the next ones.</summary>
internal sealed class DocumentText(CellState state, long epoch) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly AssignmentWriter _writer = new();
    private readonly List<Written> _written = [];

    /// <summary>By the groups that were added: whose definitions have to be there before the documents.</summary>
    public HashSet<GroupDefinition> Groups { get; } = new(ReferenceEqualityComparer.Instance);

    public int Bytes => _text.WrittenCount;

    public int Count => _written.Count;

    public void Clear()
    {
        _text.ResetWrittenCount();
        _written.Clear();
        Groups.Clear();
    }

    /// <returns>How many bytes it takes. It is part of what is to be written, unless <see cref="DropLast"/> takes it out.</returns>
    public int Add(DocumentDraft draft)
    {
        var begin = _text.WrittenCount;
        var version = state.DocumentOf(draft.NodeId);
        var amended = AmendedBy(draft, version);
        if (amended is null)
        {
            AddWhole(draft, version);
        }
        else
        {
            AddAmendment(draft, version, amended);
        }

        _writer.End();
        _written.Add(new Written(draft, begin, _text.WrittenCount - begin, version, amended));
        return _text.WrittenCount - begin;
    }

    public void DropLast() => _written.RemoveAt(_written.Count - 1);

    /// <summary>In the order of <see cref="Writes"/>.</summary>
    public DocumentDraft DraftAt(int position) => _written[position].Draft;

    /// <param name="etag">What it was written as.</param>
    public DocumentVersion VersionAfter(int position, string etag)
    {
        var (version, amended) = (_written[position].Version, _written[position].Amended);
        return amended is null ? version.WrittenWhole(etag) : version.WrittenAmendment(etag, amended);
    }

    /// <summary>Valid until <see cref="Clear"/>; only once all are added, because the text moves as it grows.</summary>
    public IReadOnlyList<DocumentWrite> Writes() =>
    [
        .. _written.Select(entry => new DocumentWrite(
            entry.Draft.NodeId, _text.WrittenMemory.Slice(entry.Begin, entry.Length),
            entry.Amended is null ? entry.Version.ETag : entry.Version.AmendmentETag, entry.Amended is not null)),
    ];

    public void Dispose() => _writer.Dispose();

    /// <summary>
    /// What an amendment would hold, by id; null: the document is better written whole. With n allocations in it and k of
    /// them amended, a change costs k writings of one, and n more each k changes, which is least at the root of 2n.
    /// </summary>
    private HashSet<string>? AmendedBy(DocumentDraft draft, DocumentVersion version)
    {
        long most = version.Amended.Count + draft.Changed.Count + draft.Added.Count;
        if (version.ETag is null || most * most > 2 * (state.Cluster.AllocationsOn(draft.NodeId).Count + draft.Added.Count))
        {
            return null;
        }

        var amended = new HashSet<string>(version.Amended, StringComparer.Ordinal);
        amended.UnionWith(draft.Changed.Keys);
        amended.UnionWith(draft.Added.Select(static added => added.After.Id));
        return amended;
    }

    private void AddWhole(DocumentDraft draft, DocumentVersion version)
    {
        _writer.Begin(_text, draft.NodeId, version.Index + 1, epoch);
        foreach (var allocation in draft.After(state.Cluster.AllocationsOn(draft.NodeId)))
        {
            Write(allocation);
        }
    }

    private void AddAmendment(DocumentDraft draft, DocumentVersion version, HashSet<string> amended)
    {
        var there = draft.After(state.Cluster.AllocationsOn(draft.NodeId)).Where(allocation => amended.Contains(allocation.Id)).ToList();
        var removed = amended.Except(there.Select(static allocation => allocation.Id), StringComparer.Ordinal).ToArray();
        _writer.BeginAmendment(_text, draft.NodeId, version.Index + 1, epoch, version.WholeIndex, removed);
        foreach (var allocation in there)
        {
            Write(allocation);
        }
    }

    private void Write(AllocationState allocation)
    {
        var group = (GroupDefinition)allocation.Origin!;
        Groups.Add(group);
        var (ports, devices) = allocation.Grant is { } grant ? ToWire(grant, allocation.NodeId) : ([], []);
        _writer.Add(new AssignmentEntry
        {
            Id = allocation.Id,
            Group = group.Assignment,
            Index = allocation.Index,
            EvaluationId = allocation.EvaluationId,
            CreatedAt = allocation.CreatedAt.ToUnixTimeMilliseconds(),
            DesiredStatus = AllocationMapping.DesiredOf(allocation),
            Description = allocation.Why,
            PreviousAllocation = allocation.PreviousId,
            DeploymentId = allocation.DeploymentId,
            Canary = allocation.Canary,
            Ports = ports,
            Devices = devices,
            Follows = allocation.Follows is null ? [] : CollectionsMarshal.AsSpan(allocation.Follows.ToList()),
            Score = allocation.Score,
        });
    }

    private (PortEntry[] Ports, AssignedDevice[] Devices) ToWire(Grant grant, string nodeId) => (
        [.. grant.Ports.Select(port => new PortEntry(port.Label, port.Value, port.To, port.Network, AddressOf(nodeId, port.Network)))],
        [.. grant.Devices.Select(static device => new AssignedDevice(device.Task, device.Vendor, device.Type, device.Name, device.Ids))]);

    /// <summary>The node's in that network, as it last said; null: it has told none.</summary>
    private string? AddressOf(string nodeId, string network) =>
        state.Nodes.GetValueOrDefault(nodeId)?.Value.Fingerprint?.Networks?.FirstOrDefault(offered => offered.Name == network)?.Ip;

    /// <param name="Amended">Null: it is a whole document.</param>
    private readonly record struct Written(DocumentDraft Draft, int Begin, int Length, DocumentVersion Version, HashSet<string>? Amended);
}
