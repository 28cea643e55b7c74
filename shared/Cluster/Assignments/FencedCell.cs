using Saas.Storage;
using Saas.Storage.Leases;
using Saas.Storage.Tables;

namespace Saas.Cluster.Assignments;

/// <summary>
/// All that the leader of a cell writes placements to, behind fences of its epoch: the shards of documents, and the
/// definitions they name. Not safe for concurrent use.
/// <para>
/// Must, for a reign: claim; only then read the documents, because until a shard is claimed an older leader may still
/// write to it; ensure definitions before documents name them.
/// </para>
/// </summary>
public sealed class FencedCell
{
    private readonly FencedShards _documents;

    public FencedCell(TenantScope tenant, string region, long epoch, TimeProvider time)
    {
        Epoch = epoch;
        _documents = new FencedShards(
            [.. Enumerable.Range(0, AssignmentTables.Shards).Select(shard => tenant.AssignmentsOf(region, shard))], epoch);
        Definitions = new DefinitionStore(tenant.DefinitionsOf(region), epoch, time);
    }

    public long Epoch { get; }
    public DefinitionStore Definitions { get; }

    /// <summary>
    /// True: no older leader changes anything of the cell any more. False: a newer one has a part of it, and so all.
    /// A claim that dies half-way leaves an older leader unable to write some documents, which deposes it, too.
    /// </summary>
    public async ValueTask<bool> ClaimAsync(CancellationToken ct)
    {
        var claims = await Task.WhenAll(_documents.ClaimAsync(ct).AsTask(), Definitions.ClaimAsync(ct).AsTask());
        return claims[0] && claims[1];
    }

    /// <summary>
    /// Writes documents, the shards at once. Each is written whole or not at all, and each for itself: when the process
    /// dies or is refused midway, some are in the store and others are not.
    /// </summary>
    /// <param name="writes">Each node once; a document of at most <see cref="TableLimits.MaxValueBytes"/>.</param>
    /// <returns>By write. <see cref="FencedOutcome.Deposed"/>: stop. <see cref="FencedOutcome.Conflict"/>: read that document again.</returns>
    /// <exception cref="StorageUnavailableException">What was written is unknown. No write is under way any more.</exception>
    public Task<IReadOnlyList<FencedWrite>> WriteAsync(IReadOnlyList<DocumentWrite> writes, CancellationToken ct) => _documents.WriteAsync(
        [
            .. writes.Select(static write => new ShardWrite(
                AssignmentTables.ShardOf(write.NodeId),
                write.ETag is { } etag
                    ? TableWrite.Replace(write.Row, write.Document, etag)
                    : TableWrite.Insert(write.Row, write.Document))),
        ],
        ct);
}

/// <param name="Document">As <see cref="AssignmentWriter"/> wrote it; must stay as it is until the write has returned.</param>
/// <param name="ETag">Of the document or the amendment that it replaces; null: the node has none.</param>
/// <param name="IsAmendment">Of the document that is there, which stays.</param>
public readonly record struct DocumentWrite(string NodeId, ReadOnlyMemory<byte> Document, string? ETag, bool IsAmendment = false)
{
    internal string Row => IsAmendment ? AssignmentTables.AmendmentRow(NodeId) : NodeId;
}
