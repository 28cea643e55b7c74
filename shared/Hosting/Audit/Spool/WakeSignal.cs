namespace Saas.Hosting.Audit.Spool;

/// <summary>
/// Wakes one waiter, at once or when it comes to wait; many sets before it wakes are one. Setting what is set, which is
/// what appending does nearly always under load, costs a read.
/// </summary>
internal sealed class WakeSignal
{
    private TaskCompletionSource? _waiter;
    private int _isSet;

    public void Set()
    {
        // What the setter did before must be seen by a waiter that this set is too early for.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isSet) == 0 && Interlocked.Exchange(ref _isSet, 1) == 0)
        {
            Volatile.Read(ref _waiter)?.TrySetResult();
        }
    }

    /// <summary>Returns when set, which ends with that, or cancelled; does not throw.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _waiter, waiter);
        if (Volatile.Read(ref _isSet) == 0)
        {
            await waiter.Task.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Interlocked.Exchange(ref _isSet, 0);
    }
}
