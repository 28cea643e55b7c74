using System.Collections.Concurrent;

namespace Saas.Storage.Sqlite;

/// <summary>
/// Connections that nobody reads with at the moment. Reads are synchronous, so there are at most as many as threads that read
/// at once. Safe for concurrent use.
/// </summary>
internal sealed class IdleReaders<T>(Func<T> open) : IDisposable
    where T : IDisposable
{
    private readonly ConcurrentStack<T> _idle = new();
    private volatile bool _closed;

    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    /// <exception cref="StorageUnavailableException">The file cannot be opened.</exception>
    public T Rent()
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        return _idle.TryPop(out var reader) ? reader : open();
    }

    public void Return(T reader)
    {
        _idle.Push(reader);
        if (_closed)
        {
            DisposeIdle();
        }
    }

    public void Dispose()
    {
        _closed = true;
        DisposeIdle();
    }

    private void DisposeIdle()
    {
        while (_idle.TryPop(out var reader))
        {
            reader.Dispose();
        }
    }
}
