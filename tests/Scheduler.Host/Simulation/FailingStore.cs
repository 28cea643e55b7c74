using Saas.Scheduler.Host.Tests.Faults;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>
/// The store as the cell has it: now and then a call fails. Before it was carried out; after, so that the cell does not know;
/// or after, and the client that tries again is told that somebody else was faster (500, then 412).
/// </summary>
internal sealed class FailingStore(ITableStore store) : StoreWrapper
{
    private int _callsLeft;
    private StoreFault _next;

    /// <summary>Of the present reign or those before.</summary>
    public int Failures { get; private set; }

    protected override ITableStore Inner => store;

    public void FailAfter(int calls, StoreFault fault) => (_callsLeft, _next) = (calls, fault);

    protected override async ValueTask<T> CallAsync<T>(StoreCall call, Func<ValueTask<T>> perform)
    {
        if (_callsLeft == 0 || (_next == StoreFault.RefusedAfterwards && !call.IsWrite) || --_callsLeft > 0)
        {
            return await perform();
        }

        Failures++;
        if (_next == StoreFault.NotDone)
        {
            throw new StorageUnavailableException("500");
        }

        var result = await perform();
        if (_next == StoreFault.DoneUnheard)
        {
            throw new StorageUnavailableException("500");
        }

        return result switch
        {
            WriteResult { IsDone: true } => (T)(object)new WriteResult(WriteOutcome.ETagMismatch, null),
            BatchResult { IsDone: true } => (T)(object)new BatchResult(WriteOutcome.ETagMismatch, [], 0),
            _ => result,
        };
    }
}

internal enum StoreFault
{
    NotDone,
    DoneUnheard,
    RefusedAfterwards,
}
