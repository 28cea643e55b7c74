using System.Runtime.CompilerServices;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Tables;

namespace Saas.Cluster.Assignments;

/// <summary>
/// Documents as agents are told them: each allocation with its task group. A definition is written before the first
/// document that names it and deleted after the last, so one that is not there means that the document read has been
/// replaced meanwhile: it is read again. Safe for concurrent use.
/// </summary>
/// <param name="documents">Null: whole shards are read anew each time.</param>
public sealed class AssignmentReader(DefinitionCache definitions, DocumentCache? documents = null)
{
    /// <summary>Of one document, before its definitions count as missing.</summary>
    private const int MaxAttempts = 5;

    /// <summary>A node's document; the empty one where nothing was ever placed on it.</summary>
    /// <exception cref="InvalidDataException">The document cannot be read, or names a definition that is not there.</exception>
    public async ValueTask<NodeAssignment> ReadAsync(TenantScope tenant, string region, string nodeId, CancellationToken ct) =>
        (await FindAsync(tenant, region, nodeId, static _ => true, seenIndex: null, ct))!;

    /// <summary>As <see cref="ReadAsync(TenantScope, string, string, CancellationToken)"/>, with the wanted allocations only.</summary>
    public async ValueTask<NodeAssignment> ReadAsync(
        TenantScope tenant, string region, string nodeId, Func<StoredAllocation, bool> wanted, CancellationToken ct) =>
        (await FindAsync(tenant, region, nodeId, wanted, seenIndex: null, ct))!;

    /// <summary>The node's document; null while its index is <paramref name="seenIndex"/>, which costs little.</summary>
    /// <exception cref="InvalidDataException">The document cannot be read, or names a definition that is not there.</exception>
    public ValueTask<NodeAssignment?> ReadUnlessAsync(
        TenantScope tenant, string region, string nodeId, long seenIndex, CancellationToken ct) =>
        FindAsync(tenant, region, nodeId, static _ => true, seenIndex, ct);

    /// <summary>All documents of the cell, with the wanted allocations only; what nobody wants is not looked up.</summary>
    /// <exception cref="InvalidDataException">A document cannot be read, or names a definition that is not there.</exception>
    public async IAsyncEnumerable<NodeAssignment> ReadAllAsync(
        TenantScope tenant, string region, Func<StoredAllocation, bool> wanted, [EnumeratorCancellation] CancellationToken ct)
    {
        for (var shard = 0; shard < AssignmentTables.Shards; shard++)
        {
            foreach (var document in (await ShardAsync(tenant, region, shard, ct)).Documents)
            {
                yield return await TryExpandAsync(tenant, region, document, wanted, ct)
                    ?? (await FindAsync(tenant, region, document.NodeId, wanted, seenIndex: null, ct))!;
            }
        }
    }

    /// <summary>The documents of a shard as they are; what was read before is read again only after a commit to the shard.</summary>
    /// <exception cref="InvalidDataException">A document cannot be read.</exception>
    public async ValueTask<ShardDocuments> ShardAsync(TenantScope tenant, string region, int shard, CancellationToken ct)
    {
        // Before the documents: what is committed meanwhile is taken for older than it is, and read once more.
        var rows = tenant.AssignmentsOf(region, shard);
        var fence = documents is null ? null : (await rows.GetAsync(FencedPartition.FenceRow, ct))?.ETag;
        if (fence is not null && documents!.Find(rows.Key, fence) is { } known)
        {
            return known;
        }

        var found = new List<AssignmentDocument>();
        await foreach (var row in RowsAsync(tenant, region, shard, ct))
        {
            found.Add(row.Document);
        }

        var read = new ShardDocuments(found);
        if (fence is not null)
        {
            documents!.Keep(rows.Key, fence, read);
        }

        return read;
    }

    /// <summary>One allocation of a document that was read before. Null: it has left its document since.</summary>
    /// <exception cref="InvalidDataException">The document cannot be read, or names a definition that is not there.</exception>
    public async ValueTask<AssignedAllocation?> ExpandAsync(TenantScope tenant, string region, PlacedAllocation placed, CancellationToken ct)
    {
        if (await DefinitionAsync(tenant, region, placed.Allocation.Group.Definition, ct) is { } group)
        {
            return placed.Allocation.ToAssigned(group);
        }

        var document = await ReadAsync(tenant, region, placed.NodeId, stored => stored.Id == placed.Allocation.Id, ct);
        return document.Allocations is [var found, ..] ? found : null;
    }

    /// <summary>A node's document as stored, with its amendment; the empty one where nothing was ever placed on it.</summary>
    /// <exception cref="InvalidDataException">The document cannot be read.</exception>
    public static async ValueTask<AssignmentDocument> DocumentAsync(TenantScope tenant, string region, string nodeId, CancellationToken ct)
    {
        var (whole, amendment) = await RowsOfAsync(tenant, region, nodeId, ct);
        return DocumentOf(nodeId, whole, amendment);
    }

    /// <summary>The documents of one shard as stored, with their amendments.</summary>
    /// <exception cref="InvalidDataException">A document cannot be read.</exception>
    public static async IAsyncEnumerable<AssignmentRow> RowsAsync(
        TenantScope tenant, string region, int shard, [EnumeratorCancellation] CancellationToken ct)
    {
        var shared = new SharedParts();
        TableRow? whole = null;
        await foreach (var row in tenant.AssignmentsOf(region, shard).ReadAllAsync(RowRange.All, ct))
        {
            if (row.Row == FencedPartition.FenceRow)
            {
                continue;
            }

            // An amendment stands behind its document.
            if (whole is not null)
            {
                yield return AssignmentRow.Read(whole, row.Row == AssignmentTables.AmendmentRow(whole.Row) ? row : null, shared);
            }

            whole = AssignmentTables.IsAmendment(row.Row) ? null : row;
        }

        if (whole is not null)
        {
            yield return AssignmentRow.Read(whole, amendment: null, shared);
        }
    }

    /// <summary>The task group of a definition; null if there is none by that hash.</summary>
    /// <exception cref="InvalidDataException">The row holds something else.</exception>
    public async ValueTask<TaskGroup?> DefinitionAsync(TenantScope tenant, string region, string hash, CancellationToken ct)
    {
        if (definitions.Find(tenant.Tenant, hash) is { } known)
        {
            return known;
        }

        return await tenant.DefinitionsOf(region).GetAsync(hash, ct) is { } row
            ? definitions.Keep(tenant.Tenant, hash, Definition.Read(hash, row.Value.Span), row.Value.Length)
            : null;
    }

    /// <summary>Null where a definition is not there: the document has been replaced.</summary>
    public async ValueTask<NodeAssignment?> TryExpandAsync(
        TenantScope tenant, string region, AssignmentDocument document, Func<StoredAllocation, bool> wanted, CancellationToken ct)
    {
        var groups = new Dictionary<string, TaskGroup>(StringComparer.Ordinal);
        var allocations = new List<AssignedAllocation>();
        foreach (var stored in document.Allocations.Where(wanted))
        {
            var hash = stored.Group.Definition;
            if (!groups.TryGetValue(hash, out var group))
            {
                if (await DefinitionAsync(tenant, region, hash, ct) is not { } found)
                {
                    return null;
                }

                groups.Add(hash, group = found);
            }

            allocations.Add(stored.ToAssigned(group));
        }

        return new NodeAssignment { NodeId = document.NodeId, Index = document.Index, Epoch = document.Epoch, Allocations = allocations };
    }

    private async ValueTask<NodeAssignment?> FindAsync(
        TenantScope tenant, string region, string nodeId, Func<StoredAllocation, bool> wanted, long? seenIndex, CancellationToken ct)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (whole, amendment) = await RowsOfAsync(tenant, region, nodeId, ct);
            if (seenIndex is { } seen && seen == IndexOf(whole, amendment))
            {
                return null;
            }

            var document = DocumentOf(nodeId, whole, amendment);
            if (await TryExpandAsync(tenant, region, document, wanted, ct) is { } expanded)
            {
                return expanded;
            }
        }

        throw new InvalidDataException($"The document of {nodeId} names a definition that is not there.");
    }

    /// <summary>The amendment is read first: should the document be written whole in between, it contains what the amendment said.</summary>
    private static async ValueTask<(TableRow? Whole, TableRow? Amendment)> RowsOfAsync(
        TenantScope tenant, string region, string nodeId, CancellationToken ct)
    {
        var rows = tenant.AssignmentsOfNode(region, nodeId);
        var amendment = await rows.GetAsync(AssignmentTables.AmendmentRow(nodeId), ct);
        return (await rows.GetAsync(nodeId, ct), amendment);
    }

    private static AssignmentDocument DocumentOf(string nodeId, TableRow? whole, TableRow? amendment) =>
        whole is null ? AssignmentDocument.Empty(nodeId) : AssignmentRow.Read(whole, amendment, new SharedParts()).Document;

    /// <summary>Of the document with its amendment, without reading what they hold.</summary>
    private static long IndexOf(TableRow? whole, TableRow? amendment)
    {
        if (whole is null)
        {
            return 0;
        }

        var index = AssignmentDocument.ReadIndex(whole.Value);
        return amendment is not null && AssignmentDocument.ReadAmends(amendment.Value) is var (amends, amended) && amends == index ? amended : index;
    }
}
