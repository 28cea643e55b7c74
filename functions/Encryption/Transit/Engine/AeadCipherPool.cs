using Saas.Encryption.Transit.Engine.OpenSsl;

namespace Saas.Encryption.Transit.Engine;

/// <summary>
/// The ciphers of one material, each in use by one thread at a time. A lock, or one cipher per thread, would either
/// make threads wait or keep as many keyed ciphers as there are threads; here a thread takes what lies in a slot, makes
/// a cipher when all slots are empty, and disposes of it when all are full. A burst costs allocations, never a wait.
/// </summary>
internal sealed class AeadCipherPool(KeyType type) : IDisposable
{
    private readonly AeadCipher?[] _slots = new AeadCipher?[Math.Max(4, 2 * Environment.ProcessorCount)];
    private int _disposed;

    public bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    public AeadCipher Rent()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        var start = Thread.GetCurrentProcessorId();
        for (var i = 0; i < _slots.Length; i++)
        {
            if (Interlocked.Exchange(ref _slots[(int)((uint)(start + i) % (uint)_slots.Length)], null) is { } cipher)
            {
                return cipher;
            }
        }

        return new AeadCipher(type);
    }

    public void Return(AeadCipher cipher)
    {
        var start = Thread.GetCurrentProcessorId();
        for (var i = 0; i < _slots.Length; i++)
        {
            ref var slot = ref _slots[(int)((uint)(start + i) % (uint)_slots.Length)];
            if (Interlocked.CompareExchange(ref slot, cipher, null) is null)
            {
                // Disposed since the cipher was rented: nobody will come for the slot any more.
                if (IsDisposed)
                {
                    Interlocked.Exchange(ref slot, null)?.Dispose();
                }

                return;
            }
        }

        cipher.Dispose();
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _disposed, 1);
        for (var i = 0; i < _slots.Length; i++)
        {
            Interlocked.Exchange(ref _slots[i], null)?.Dispose();
        }
    }
}
