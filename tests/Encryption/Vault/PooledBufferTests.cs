using System.Buffers;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Tests.Vault;

public sealed class PooledBufferTests
{
    [Fact]
    public void What_was_written_survives_growing()
    {
        using var buffer = new PooledBuffer(16);
        var expected = new byte[100_000];
        Random.Shared.NextBytes(expected);

        for (var i = 0; i < expected.Length; i += 100)
        {
            buffer.Write(expected.AsSpan(i, 100));
        }

        Assert.Equal(expected, buffer.WrittenSpan.ToArray());
    }

    [Fact]
    public void Dispose_ClearsWhatWasWritten()
    {
        var buffer = new PooledBuffer(4096);
        buffer.Write("secret"u8);
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(buffer.WrittenMemory, out var array);
        var written = array.Array!;
        var kept = written.AsMemory(0, 6);

        buffer.Dispose();

        Assert.Equal(new byte[6], kept.ToArray());
    }
}
