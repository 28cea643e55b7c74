using Saas.Contracts.Tests.Tables;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Contracts.Tests.Proof;

/// <summary>Stores with one fault each: the suite must notice, by the fact that is about it.</summary>
public sealed class BrokenTableStoreTests
{
    public static TheoryData<string, string> Faults => new()
    {
        { nameof(IgnoresETags), nameof(TableStoreContract.TwoWritersWithTheSameETagOnlyOneWins) },
        { nameof(WritesBatchesOneByOne), nameof(TableStoreContract.ABatchWithOneWriteRefusedHasNoEffectAndNamesIt) },
        { nameof(NamesTheWrongWrite), nameof(TableStoreContract.ABatchWithOneWriteRefusedHasNoEffectAndNamesIt) },
        { nameof(ReusesETags), nameof(TableStoreContract.AnETagNeverComesBackWithItsRow) },
        { nameof(EndsAfterTheFirstPage), nameof(TableStoreContract.PagesOfAnySizeGiveEveryRowOnce) },
        { nameof(IncludesTheEnd), nameof(TableStoreContract.ARangeHoldsItsFirstKeyAndNotItsLast) },
        { nameof(LosesAWrite), nameof(TableStoreContract.RandomOperationsDoWhatTheModelDoes) },
        { nameof(CutsLargeValues), nameof(TableStoreContract.TheLargestValueComesBackAsItWas) },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task TheSuiteNotices(string fault, string fact)
    {
        var failures = await SuiteRun.FailuresAsync<Suite>(() => new Suite(new Fixture(Create(fault))), fact);
        Assert.Contains(fact, failures);
    }

    [Fact]
    public async Task TheSuitePassesWhatIsNotBroken() =>
        Assert.Empty(await SuiteRun.FailuresAsync<Suite>(() => new Suite(new Fixture(new InMemoryTableStore()))));

    private static InMemoryTableStore Create(string fault) => fault switch
    {
        nameof(IgnoresETags) => new IgnoresETags(),
        nameof(WritesBatchesOneByOne) => new WritesBatchesOneByOne(),
        nameof(NamesTheWrongWrite) => new NamesTheWrongWrite(),
        nameof(ReusesETags) => new ReusesETags(),
        nameof(EndsAfterTheFirstPage) => new EndsAfterTheFirstPage(),
        nameof(IncludesTheEnd) => new IncludesTheEnd(),
        nameof(LosesAWrite) => new LosesAWrite(),
        nameof(CutsLargeValues) => new CutsLargeValues(),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };

    private sealed class Suite(ITableStoreFixture fixture) : TableStoreContract(fixture);

    private sealed class Fixture(ITableStore store) : ITableStoreFixture
    {
        public ITableStore Store => store;

        public Task<ITableStore> ReopenAsync() => Task.FromResult(store);
    }

    private sealed class IgnoresETags : InMemoryTableStore
    {
        public override async ValueTask<BatchResult> WriteBatchAsync(
            string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
        {
            var blind = new List<TableWrite>();
            foreach (var write in writes)
            {
                var isThere = await GetAsync(table, partition, write.Row, ct) is not null;
                blind.Add(write.Kind == TableWriteKind.Replace && isThere ? TableWrite.Upsert(write.Row, write.Value) : write);
            }

            return await base.WriteBatchAsync(table, partition, blind, ct);
        }
    }

    private sealed class WritesBatchesOneByOne : InMemoryTableStore
    {
        public override async ValueTask<BatchResult> WriteBatchAsync(
            string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
        {
            var etags = new List<string?>();
            for (var i = 0; i < writes.Count; i++)
            {
                var done = await base.WriteBatchAsync(table, partition, [writes[i]], ct);
                if (!done.IsDone)
                {
                    return new BatchResult(done.Outcome, [], i);
                }

                etags.Add(done.ETags[0]);
            }

            return writes.Count == 0 ? throw new ArgumentException("Empty.", nameof(writes)) : new BatchResult(WriteOutcome.Done, etags, -1);
        }
    }

    private sealed class NamesTheWrongWrite : InMemoryTableStore
    {
        public override async ValueTask<BatchResult> WriteBatchAsync(
            string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
        {
            var result = await base.WriteBatchAsync(table, partition, writes, ct);
            return result.IsDone ? result : result with { FailedIndex = 0 };
        }
    }

    private sealed class ReusesETags : InMemoryTableStore
    {
        public override async ValueTask<WriteResult> WriteAsync(string table, string partition, TableWrite write, CancellationToken ct)
        {
            var result = await base.WriteAsync(table, partition, write, ct);
            return result.ETag is null ? result : result with { ETag = Convert.ToHexString(write.Value.Span) };
        }
    }

    private sealed class EndsAfterTheFirstPage : InMemoryTableStore
    {
        public override async ValueTask<TablePage> QueryAsync(
            string table, string partition, RowRange range, int take, string? continuation, CancellationToken ct) =>
            await base.QueryAsync(table, partition, range, take, continuation, ct) with { Continuation = null };
    }

    private sealed class IncludesTheEnd : InMemoryTableStore
    {
        public override ValueTask<TablePage> QueryAsync(
            string table, string partition, RowRange range, int take, string? continuation, CancellationToken ct) =>
            base.QueryAsync(table, partition, range with { To = range.To is null ? null : range.To + " " }, take, continuation, ct);
    }

    private sealed class LosesAWrite : InMemoryTableStore
    {
        private int _writes;

        public override ValueTask<BatchResult> WriteBatchAsync(
            string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct) =>
            Interlocked.Increment(ref _writes) % 50 == 0
                ? ValueTask.FromResult(new BatchResult(WriteOutcome.Done, writes.Select(static _ => (string?)Unique.Name("e")).ToArray(), -1))
                : base.WriteBatchAsync(table, partition, writes, ct);
    }

    private sealed class CutsLargeValues : InMemoryTableStore
    {
        public override async ValueTask<TableRow?> GetAsync(string table, string partition, string row, CancellationToken ct) =>
            await base.GetAsync(table, partition, row, ct) is { } found
                ? found with { Value = found.Value[..Math.Min(found.Value.Length, 900_000)] }
                : null;
    }
}
