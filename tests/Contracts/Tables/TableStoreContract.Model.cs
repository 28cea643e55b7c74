using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Contracts.Tests.Tables;

public abstract partial class TableStoreContract
{
    private static readonly string[] ModelRows = ["a", "b", "b|1", "c", "!d"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task RandomOperationsDoWhatTheModelDoes(int seed)
    {
        var random = new Random(seed);
        var model = new ModelRun(Store, Table, Partition);
        for (var step = 0; step < 120; step++)
        {
            var writes = random.GetItems(ModelRows, random.Next(1, 4)).Distinct().Select(row => model.Choose(random, row)).ToArray();
            var difference = writes.Length == 1 && random.Next(2) == 0
                ? await model.WriteAsync(writes[0], Ct)
                : await model.WriteBatchAsync(writes, Ct);
            difference ??= step % 10 == 0 ? await model.CompareRowsAsync(random.Next(1, 4), Ct) : null;
            Assert.True(difference is null, $"Seed {seed}, step {step}: {difference}");
        }
    }

    /// <summary>The same operations on a store and on the model; ETags differ and are compared by what they name.</summary>
    private sealed class ModelRun(ITableStore store, string table, string partition)
    {
        private readonly InMemoryTableStore _model = new();

        /// <summary>ETags that a row has or had, of the store and of the model.</summary>
        private readonly Dictionary<string, List<(string Store, string Model)>> _etags = new(StringComparer.Ordinal);

        public (TableWrite Store, TableWrite Model) Choose(Random random, string row)
        {
            var value = new byte[random.Next(0, 50)];
            random.NextBytes(value);
            var known = _etags.GetValueOrDefault(row);
            var etag = known?[^Math.Min(known.Count, random.Next(4) == 0 ? 2 : 1)];
            return random.Next(5) switch
            {
                0 => Same(TableWrite.Insert(row, value)),
                1 => Same(TableWrite.Upsert(row, value)),
                2 => Same(TableWrite.Delete(row)),
                3 when etag is { } at => (TableWrite.Delete(row, at.Store), TableWrite.Delete(row, at.Model)),
                _ when etag is { } at => (TableWrite.Replace(row, value, at.Store), TableWrite.Replace(row, value, at.Model)),
                _ => Same(TableWrite.Insert(row, value)),
            };
        }

        public async Task<string?> WriteAsync((TableWrite Store, TableWrite Model) write, CancellationToken ct)
        {
            var got = await store.WriteAsync(table, partition, write.Store, ct);
            var expected = await _model.WriteAsync(table, partition, write.Model, ct);
            if (got.Outcome != expected.Outcome || got.ETag is null != expected.ETag is null)
            {
                return $"{write.Store.Kind} of {write.Store.Row} gave {got} instead of {expected}.";
            }

            return Learn(write.Store.Row, got.ETag, expected.ETag);
        }

        public async Task<string?> WriteBatchAsync((TableWrite Store, TableWrite Model)[] writes, CancellationToken ct)
        {
            var got = await store.WriteBatchAsync(table, partition, writes.Select(static w => w.Store).ToArray(), ct);
            var expected = await _model.WriteBatchAsync(table, partition, writes.Select(static w => w.Model).ToArray(), ct);
            if ((got.Outcome, got.FailedIndex, got.ETags.Count) != (expected.Outcome, expected.FailedIndex, expected.ETags.Count))
            {
                return $"A batch gave {got} instead of {expected}.";
            }

            return writes.Take(got.ETags.Count).Select((w, i) => Learn(w.Store.Row, got.ETags[i], expected.ETags[i]))
                .FirstOrDefault(static difference => difference is not null);
        }

        public async Task<string?> CompareRowsAsync(int take, CancellationToken ct)
        {
            string? continuation = null;
            var got = new List<TableRow>();
            do
            {
                var page = await store.QueryAsync(table, partition, RowRange.All, take, continuation, ct);
                got.AddRange(page.Rows);
                continuation = page.Continuation;
            }
            while (continuation is not null);
            var expected = (await _model.QueryAsync(table, partition, RowRange.All, 1000, null, ct)).Rows;
            return Describe(got) == Describe(expected) ? null : $"Rows {Describe(got)} instead of {Describe(expected)}";
        }

        private string? Learn(string row, string? got, string? expected)
        {
            if (got is null || expected is null)
            {
                return null;
            }

            var known = _etags.TryGetValue(row, out var list) ? list : _etags[row] = [];
            if (known.Exists(pair => pair.Store == got))
            {
                return $"The ETag {got} of {row} came back.";
            }

            known.Add((got, expected));
            return null;
        }

        private static (TableWrite, TableWrite) Same(TableWrite write) => (write, write);

        private static string Describe(IEnumerable<TableRow> rows) =>
            string.Join(", ", rows.Select(static row => $"{row.Row}={Convert.ToHexString(row.Value.Span)}"));
    }
}
