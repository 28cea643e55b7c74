using Saas.Cluster.Assignments;
using Saas.Storage;

namespace Saas.Benchmarks.Scheduling;

/// <summary>What stands in the documents of a cell, as agents would read it.</summary>
internal static class PlacementCount
{
    /// <summary>Allocations, documents, and the most that one node has.</summary>
    public static async Task<(int Allocations, int Documents, int Most)> OfAsync(TenantScope tenant, string region, CancellationToken ct)
    {
        var (allocations, documents, most) = (0, 0, 0);
        for (var shard = 0; shard < AssignmentTables.Shards; shard++)
        {
            await foreach (var row in AssignmentReader.RowsAsync(tenant, region, shard, ct))
            {
                var document = row.Document;
                allocations += document.Allocations.Count;
                documents++;
                most = Math.Max(most, document.Allocations.Count);
            }
        }

        return (allocations, documents, most);
    }

    public static async Task<int> OnNodeAsync(TenantScope tenant, string region, string nodeId, CancellationToken ct) =>
        (await AssignmentReader.DocumentAsync(tenant, region, nodeId, ct)).Allocations.Count;

    /// <exception cref="InvalidOperationException">It is another number: what was measured is not what was asked for.</exception>
    public static async Task RequireAsync(TenantScope tenant, string region, int expected, CancellationToken ct)
    {
        var (allocations, _, _) = await OfAsync(tenant, region, ct);
        if (allocations != expected)
        {
            throw new InvalidOperationException($"{allocations} allocations are in documents; {expected} were asked for.");
        }
    }
}
