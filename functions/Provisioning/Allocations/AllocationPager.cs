using System.Runtime.CompilerServices;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobs.Defaults;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Allocations;

/// <summary>
/// Allocations in the order of their ids, read only as far as somebody wants them: records are stored in that order, and
/// what is in documents is kept sorted for as long as no document has changed. A page of a large cell costs what is on it.
/// </summary>
internal sealed class AllocationPager(AssignmentReader assignments, RowCache<AllocationRecord> rows)
{
    /// <summary>A page of a hundred, of which a filter leaves none or few out, is one read.</summary>
    private const int FirstRead = 128;

    /// <summary>All of the tenant's from an id on, oldest first.</summary>
    /// <param name="prefix">Of their ids; may be empty.</param>
    /// <param name="from">No id before this one; null: from the first.</param>
    public async IAsyncEnumerable<AllocationView> ReadAsync(
        TenantScope tenant, string prefix, string? from, [EnumeratorCancellation] CancellationToken ct)
    {
        if (RangeOf(prefix, from) is not { } range)
        {
            yield break;
        }

        // Documents before records: as in AllocationReader.
        var (cursors, groups) = (new List<Cursor>(), new Dictionary<AssignmentGroup, TaskGroup>(ReferenceEqualityComparer.Instance));
        var regions = await AllocationReader.RegionsAsync(tenant, ct);
        foreach (var region in regions)
        {
            for (var shard = 0; shard < AssignmentTables.Shards; shard++)
            {
                cursors.Add(new Cursor(region, await assignments.ShardAsync(tenant, region, shard, ct), range));
            }
        }

        await foreach (var record in rows.ReadAllAsync(tenant.AllocationsOf(), range, ct, FirstRead))
        {
            // Placed, and not reported yet.
            while (Least(cursors, below: record.Row) is { } unreported)
            {
                if (await ViewAsync(tenant, unreported, null, groups, ct) is { } view)
                {
                    yield return view;
                }
            }

            var assigned = cursors.Find(cursor => cursor.Id == record.Row);
            if (assigned is null && !regions.Contains(record.Value.Region))
            {
                continue;
            }

            if ((assigned is null ? AllocationView.Of(record.Value) : await ViewAsync(tenant, assigned, record.Value, groups, ct)) is { } known)
            {
                yield return known;
            }
        }

        while (Least(cursors, below: null) is { } unreported)
        {
            if (await ViewAsync(tenant, unreported, null, groups, ct) is { } view)
            {
                yield return view;
            }
        }
    }

    /// <summary>What came after some allocations, as far as something has.</summary>
    public async Task<IReadOnlyDictionary<string, string>> SuccessorsAsync(
        TenantScope tenant, IReadOnlyList<AllocationView> views, CancellationToken ct)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var asked = views.Where(MayBeReplaced).Select(static view => view.Id).ToHashSet(StringComparer.Ordinal);
        if (asked.Count == 0)
        {
            return found;
        }

        foreach (var region in await AllocationReader.RegionsAsync(tenant, ct))
        {
            for (var shard = 0; shard < AssignmentTables.Shards; shard++)
            {
                var documents = await assignments.ShardAsync(tenant, region, shard, ct);
                foreach (var (previous, next) in documents.Successors)
                {
                    if (asked.Remove(previous))
                    {
                        found[previous] = next;
                    }
                }
            }
        }

        // Those that came after and have gone themselves. They came later, so their ids do.
        if (asked.Count > 0)
        {
            await foreach (var record in rows.ReadAllAsync(tenant.AllocationsOf(), new RowRange(asked.Min(StringComparer.Ordinal), null), ct))
            {
                if (record.Value.PreviousAllocation is { } previous && asked.Remove(previous))
                {
                    found[previous] = record.Row;
                    if (asked.Count == 0)
                    {
                        break;
                    }
                }
            }
        }

        return found;
    }

    /// <summary>What runs has no successor, nor has what completed for good.</summary>
    private static bool MayBeReplaced(AllocationView view) =>
        view.DesiredStatus != DesiredStatus.Run
        || (view.ClientStatus == ClientStatus.Complete ? !JobKinds.RunsToItsEnd(view.JobType) : ClientStatus.IsTerminal(view.ClientStatus) || view.ClientStatus == ClientStatus.Unknown);

    private async ValueTask<AllocationView?> ViewAsync(
        TenantScope tenant, Cursor at, AllocationRecord? record, Dictionary<AssignmentGroup, TaskGroup> groups, CancellationToken ct)
    {
        var (placed, region) = (at.Take(), at.Region);
        var assigned = groups.TryGetValue(placed.Allocation.Group, out var group)
            ? placed.Allocation.ToAssigned(group)
            : await assignments.ExpandAsync(tenant, region, placed, ct);
        if (assigned is null)
        {
            return record is null ? null : AllocationView.Of(record);
        }

        groups[placed.Allocation.Group] = assigned.TaskGroup;
        return AllocationView.Of(assigned, record, placed.NodeId, region);
    }

    private static Cursor? Least(List<Cursor> cursors, string? below)
    {
        Cursor? least = null;
        foreach (var cursor in cursors)
        {
            if (cursor.Id is { } id && (below is null || string.CompareOrdinal(id, below) < 0) && (least is null || string.CompareOrdinal(id, least.Id) < 0))
            {
                least = cursor;
            }
        }

        return least;
    }

    /// <summary>Null: no id is in it. What a client sends may be anything; ids are of these characters only.</summary>
    private static RowRange? RangeOf(string prefix, string? from)
    {
        if (prefix.Any(static c => !IsOfIds(c)))
        {
            return null;
        }

        var range = prefix.Length == 0 ? RowRange.All : RowRange.Prefix(prefix);
        from = from is null ? null : string.Concat(from.TakeWhile(IsOfIds));
        return string.IsNullOrEmpty(from) || string.CompareOrdinal(from, range.From) <= 0 ? range
            : range.To is not null && string.CompareOrdinal(from, range.To) >= 0 ? null
            : range with { From = from };
    }

    private static bool IsOfIds(char c) => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_';

    /// <summary>A place in the sorted allocations of a shard.</summary>
    private sealed class Cursor
    {
        private readonly IReadOnlyList<PlacedAllocation> _sorted;
        private readonly string? _end;
        private int _at;

        public Cursor(string region, ShardDocuments documents, RowRange range)
        {
            (Region, _sorted, _end) = (region, documents.ById, range.To);
            _at = range.From is { } from ? documents.Find(from) : 0;
            Look();
        }

        public string Region { get; }

        /// <summary>Of the next; null: there is none.</summary>
        public string? Id { get; private set; }

        public PlacedAllocation Take()
        {
            var taken = _sorted[_at++];
            Look();
            return taken;
        }

        private void Look()
        {
            var id = _at < _sorted.Count ? _sorted[_at].Allocation.Id : null;
            Id = id is not null && (_end is null || string.CompareOrdinal(id, _end) < 0) ? id : null;
        }
    }
}
