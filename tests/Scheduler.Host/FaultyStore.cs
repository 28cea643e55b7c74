using Saas.Scheduler.Host.Tests.Faults;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Scheduler.Host.Tests;

internal enum KillAt
{
    /// <summary>The process dies before the call reaches the store.</summary>
    BeforeTheCall,

    /// <summary>The store has done it, and the process dies before it hears so.</summary>
    AfterTheCall,
}

/// <summary>
/// The store as a process sees it that dies at its n-th call: from then on it reaches nothing any more. Or, where it
/// survives, as one to which the store does not answer once: a time-out, a fault of the service.
/// </summary>
internal sealed class FaultyStore(ITableStore store, int atCall, KillAt kind) : StoreWrapper
{
    private int _calls;
    private volatile bool _killed;
    private volatile bool _struck;

    /// <summary>Only writes are counted: reads change nothing, so that dying after one is dying before the next call.</summary>
    public bool WritesOnly { get; init; }

    public bool Survives { get; init; }

    /// <summary>Whether the n-th call was reached.</summary>
    public bool HasStruck => _struck;

    protected override ITableStore Inner => store;

    public void Kill() => _killed = true;

    protected override async ValueTask<T> CallAsync<T>(StoreCall call, Func<ValueTask<T>> perform)
    {
        var number = WritesOnly && !call.IsWrite ? 0 : Interlocked.Increment(ref _calls);
        var isDead = _killed || (!Survives && (_struck || number > atCall));
        if (isDead || (number == atCall && kind == KillAt.BeforeTheCall))
        {
            _struck |= number == atCall;
            throw new StorageUnavailableException("killed");
        }

        if (number != atCall)
        {
            return await perform();
        }

        await perform();
        _struck = true;
        throw new StorageUnavailableException("killed");
    }
}
