using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests.Faults;

/// <summary>The store as a process sees it that stands still just before its n-th write, as in a long pause of its machine.</summary>
internal sealed class PausingStore(ITableStore store, int atWrite) : StoreWrapper
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _resumed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _writes;

    /// <summary>Completes when it stands.</summary>
    public Task Reached => _reached.Task;

    /// <summary>What it stands before.</summary>
    public StoreCall? StandsBefore { get; private set; }

    protected override ITableStore Inner => store;

    public void Resume() => _resumed.TrySetResult();

    protected override async ValueTask<T> CallAsync<T>(StoreCall call, Func<ValueTask<T>> perform)
    {
        if (call.IsWrite && Interlocked.Increment(ref _writes) == atWrite)
        {
            StandsBefore = call;
            _reached.SetResult();
            await _resumed.Task;
        }

        return await perform();
    }
}
