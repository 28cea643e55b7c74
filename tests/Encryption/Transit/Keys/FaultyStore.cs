using Saas.Storage;
using Saas.Storage.Tables;
using Saas.TestKit;

namespace Saas.Encryption.Tests.Transit.Keys;

/// <summary>A store whose next writes of keys fail in a way a test chooses.</summary>
public sealed class FaultyStore : InMemoryTableStore
{
    private int _faults;

    public enum Fault
    {
        /// <summary>Nothing is written, and the store says it failed.</summary>
        Refused,

        /// <summary>All is written, and the answer is lost.</summary>
        AnswerLost,

        /// <summary>All is written, the answer is lost, and a retry below the port finds that its ETag is gone: 412.</summary>
        DoneThenRefused,
    }

    public Fault Kind { get; set; }

    /// <summary>Writes of the table that meet the fault, from now on.</summary>
    public int Faults
    {
        get => Volatile.Read(ref _faults);
        set => Volatile.Write(ref _faults, value);
    }

    public string Table { get; set; } = "transitkeys";

    public override async ValueTask<BatchResult> WriteBatchAsync(
        string table, string partition, IReadOnlyList<TableWrite> writes, CancellationToken ct)
    {
        if (table != Table || Interlocked.Decrement(ref _faults) < 0)
        {
            return await base.WriteBatchAsync(table, partition, writes, ct);
        }

        if (Kind != Fault.Refused)
        {
            Assert.True((await base.WriteBatchAsync(table, partition, writes, ct)).IsDone);
        }

        return Kind == Fault.DoneThenRefused
            ? new BatchResult(WriteOutcome.ETagMismatch, [], writes.Count - 1)
            : throw new StorageUnavailableException("The test's store fails.");
    }
}
