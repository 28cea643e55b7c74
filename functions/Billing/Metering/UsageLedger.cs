using Microsoft.Extensions.Logging;
using Saas.Cluster;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Billing.Metering;

/// <summary>What became of items.</summary>
/// <param name="Counted">For the first time, now.</param>
/// <param name="Repeated">Counted before.</param>
internal readonly record struct CountResult(int Counted, int Repeated)
{
    public static CountResult operator +(CountResult a, CountResult b) => new(a.Counted + b.Counted, a.Repeated + b.Repeated);
}

/// <summary>
/// Counts items exactly once, however often and in how many processes at once they come.
/// <para>
/// Naive is to look whether the item's row is there, and if not, to add to the sum and then write the row: a process
/// killed in between counts the item twice, and so do two that look at the same time. Here the rows of the items and
/// the new sums are one atomic batch: the inserts fail if any item was counted, the replaces fail if a sum moved on, and
/// then nothing of the batch happened. A batch refused for an item drops what was counted and tries the rest; one refused
/// for a sum reads the sums again. Contention costs a read and a write per try; after <see cref="MaxTries"/> the message
/// goes back to the queue, where nothing is lost because what was counted is known.
/// </para>
/// </summary>
internal sealed partial class UsageLedger(TimeProvider time, ILogger<UsageLedger> log)
{
    private const int MaxTries = 20;
    private const int ParallelReads = 8;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    /// <param name="items">Valid by <see cref="UsageItemRules"/>.</param>
    /// <exception cref="UsageContentionException">Others kept changing the same sums: try again later.</exception>
    /// <exception cref="StorageUnavailableException">Some may be counted, some not: repeat all of them.</exception>
    public async Task<CountResult> CountAsync(TenantScope tenant, IEnumerable<UsageItem> items, CancellationToken ct)
    {
        var total = default(CountResult);
        foreach (var hour in items.GroupBy(i => UsageRows.HourOf(i.At)))
        {
            var distinct = hour.DistinctBy(i => i.Id).ToList();
            total += new CountResult(0, hour.Count() - distinct.Count);
            foreach (var batch in Batches(distinct))
            {
                total += await CountBatchAsync(tenant, hour.Key, batch, ct);
            }
        }

        return total;
    }

    /// <summary>Runs of items that fit into one batch together with the sums they change.</summary>
    private static IEnumerable<List<UsageItem>> Batches(IEnumerable<UsageItem> items)
    {
        var batch = new List<UsageItem>();
        var sums = new HashSet<string>();
        foreach (var item in items)
        {
            var sum = SumRow(item);
            if (batch.Count + 1 + sums.Count + (sums.Contains(sum) ? 0 : 1) > TableLimits.MaxBatchRows)
            {
                yield return batch;
                batch = [];
                sums = [];
            }

            batch.Add(item);
            sums.Add(sum);
        }

        yield return batch;
    }

    private async Task<CountResult> CountBatchAsync(
        TenantScope tenant, DateTimeOffset hour, List<UsageItem> batch, CancellationToken ct)
    {
        var partition = tenant.UsageOf(hour);
        var uncounted = batch;
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            if (uncounted.Count == 0)
            {
                return new CountResult(0, batch.Count);
            }

            var sums = await AddToSumsAsync(partition, uncounted, ct);
            if (sums.Any(s => s.Kind == TableWriteKind.Insert))
            {
                // Before the first item of a sum, so that no item row is ever there that removing does not know of.
                await tenant.UsageHoursOf().WriteAsync(TableWrite.Upsert(UsageRows.HourKey(hour), "{}"u8.ToArray()), ct);
            }

            var result = await partition.WriteBatchAsync([.. uncounted.Select(InsertItem), .. sums], ct);
            if (result.IsDone)
            {
                return new CountResult(uncounted.Count, batch.Count - uncounted.Count);
            }

            if (result.FailedIndex < uncounted.Count)
            {
                uncounted = await DropCountedAsync(partition, uncounted, ct);
            }
            else
            {
                await Task.Delay(LongestPause * (Random.Shared.NextDouble() * attempt / MaxTries), time, ct);
            }
        }

        throw new UsageContentionException(batch.Count, MaxTries);
    }

    private static async Task<List<TableWrite>> AddToSumsAsync(
        TablePartition partition, List<UsageItem> items, CancellationToken ct)
    {
        var writes = new List<TableWrite>();
        foreach (var sum in items.GroupBy(SumRow))
        {
            var added = sum.Aggregate(Int128.Zero, (all, item) => checked(all + item.Quantity));
            var before = await partition.GetAsync(sum.Key, MeteringJson.Default.UsageAggregate, ct);
            var after = new UsageAggregate(checked((before?.Value.Quantity ?? 0) + added));
            var value = TablePartition.Bytes(after, MeteringJson.Default.UsageAggregate);
            writes.Add(before is null ? TableWrite.Insert(sum.Key, value) : TableWrite.Replace(sum.Key, value, before.ETag));
        }

        return writes;
    }

    private async Task<List<UsageItem>> DropCountedAsync(
        TablePartition partition, List<UsageItem> items, CancellationToken ct)
    {
        var counted = new Document<CountedItem>?[items.Count];
        await Parallel.ForAsync(
            0,
            items.Count,
            new ParallelOptions { MaxDegreeOfParallelism = ParallelReads, CancellationToken = ct },
            async (i, token) => counted[i] = await partition.GetAsync(
                UsageRows.ItemRow(items[i].Id), MeteringJson.Default.CountedItem, token));

        foreach (var (item, row) in items.Zip(counted))
        {
            if (row is not null && row.Value != CountedItem.Of(item))
            {
                IdTakenTwice(log, partition.Key, row.Row);
            }
        }

        return [.. items.Where((_, i) => counted[i] is null)];
    }

    private static string SumRow(UsageItem item) => UsageRows.AggregateRow(item.Meter, item.ProjectId);

    private static TableWrite InsertItem(UsageItem item) => TableWrite.Insert(
        UsageRows.ItemRow(item.Id), TablePartition.Bytes(CountedItem.Of(item), MeteringJson.Default.CountedItem));

    [LoggerMessage(5001, LogLevel.Error, "In {Partition} the id of {Row} came again for other usage, which was not counted")]
    private static partial void IdTakenTwice(ILogger log, string partition, string row);
}

/// <summary>Too many writers at once on the sums of one hour.</summary>
internal sealed class UsageContentionException(int items, int tries)
    : Exception($"{items} items could not be counted within {tries} tries.");
