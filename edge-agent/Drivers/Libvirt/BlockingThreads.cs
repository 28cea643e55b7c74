using System.Collections.Concurrent;

namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>
/// Threads for calls that block, apart from the thread pool, which they would starve. Started when needed, up to a limit, and
/// kept: a thread per call would cost 8 KiB of garbage each time, for the heap it begins and leaves.
/// </summary>
internal sealed class BlockingThreads(int limit) : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Lock _gate = new();
    private int _started;
    private int _unfinished;

    /// <summary>Runs it as soon as a thread is free. It must not throw.</summary>
    public void Post(Action action)
    {
        lock (_gate)
        {
            _unfinished++;
            if (_unfinished > _started && _started < limit)
            {
                _started++;
                new Thread(Work) { IsBackground = true, Name = "libvirt" }.Start();
            }
        }

        _work.Add(action);
    }

    /// <summary>What was posted is still run; the threads end after it.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void Work()
    {
        foreach (var action in _work.GetConsumingEnumerable())
        {
            action();
            lock (_gate)
            {
                _unfinished--;
            }
        }
    }
}
