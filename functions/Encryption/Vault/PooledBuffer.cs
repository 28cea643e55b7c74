using System.Buffers;

namespace Saas.Encryption.Vault;

/// <summary>Bytes being written, in an array of the pool that is cleared before it goes back: answers hold plaintexts.</summary>
internal sealed class PooledBuffer(int capacity = 1024) : IBufferWriter<byte>, IDisposable
{
    private byte[] _array = ArrayPool<byte>.Shared.Rent(capacity);

    public int WrittenCount { get; private set; }

    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, WrittenCount);

    public ReadOnlySpan<byte> WrittenSpan => _array.AsSpan(0, WrittenCount);

    public void Advance(int count) => WrittenCount += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _array.AsMemory(WrittenCount);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _array.AsSpan(WrittenCount);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Advance(bytes.Length);
    }

    /// <summary>Forgets what was written, and keeps the array.</summary>
    public void Clear()
    {
        _array.AsSpan(0, WrittenCount).Clear();
        WrittenCount = 0;
    }

    public void Dispose()
    {
        Return(_array, WrittenCount);
        (_array, WrittenCount) = ([], 0);
    }

    private void Ensure(int sizeHint)
    {
        var wanted = Math.Max(sizeHint, 1);
        if (_array.Length - WrittenCount >= wanted)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(WrittenCount + wanted), _array.Length * 2));
        WrittenSpan.CopyTo(larger);
        Return(_array, WrittenCount);
        _array = larger;
    }

    private static void Return(byte[] array, int written)
    {
        if (array.Length > 0)
        {
            array.AsSpan(0, written).Clear();
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
