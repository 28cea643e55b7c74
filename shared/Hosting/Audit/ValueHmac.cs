using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Saas.Hosting.Audit;

/// <summary>
/// HMAC-SHA-256 (RFC 2104) under one key, by many threads at once. Naive would be a fresh computation a value, which
/// schedules the key each time and costs twice as much; here computations that were keyed once are lent out.
/// </summary>
internal sealed class ValueHmac : IDisposable
{
    public const int KeyBytes = 32;
    private const int MaxKept = 16;

    private readonly byte[] _key = GC.AllocateUninitializedArray<byte>(KeyBytes, pinned: true);
    private readonly ConcurrentBag<IncrementalHash> _idle = [];
    private IncrementalHash? _first;
    private volatile bool _isDisposed;

    public ValueHmac(ReadOnlySpan<byte> key)
    {
        if (key.Length != KeyBytes)
        {
            throw new ArgumentException($"The key has {KeyBytes} bytes; {key.Length} came.", nameof(key));
        }

        key.CopyTo(_key);
    }

    /// <summary>To be given back.</summary>
    /// <exception cref="ObjectDisposedException">The key is gone.</exception>
    public IncrementalHash Rent()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (Interlocked.Exchange(ref _first, null) is { } first)
        {
            return first;
        }

        return _idle.TryTake(out var idle) ? idle : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
    }

    public void Return(IncrementalHash computation)
    {
        if (_isDisposed || _idle.Count >= MaxKept)
        {
            computation.Dispose();
        }
        else if (Interlocked.CompareExchange(ref _first, computation, null) is not null)
        {
            _idle.Add(computation);
        }
    }

    /// <summary>Not while <see cref="Rent"/> is under way: whoever caches it lends it.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        CryptographicOperations.ZeroMemory(_key);
        Interlocked.Exchange(ref _first, null)?.Dispose();
        while (_idle.TryTake(out var idle))
        {
            idle.Dispose();
        }
    }
}
