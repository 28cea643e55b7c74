using System.Runtime.InteropServices;

namespace Saas.Keys.Tests;

public sealed class SecretBufferTests
{
    [Fact]
    public void Dispose_ZeroesTheMemoryItself()
    {
        var buffer = SecretBuffer.Random(64);
        Assert.True(MemoryMarshal.TryGetArray<byte>(buffer.Memory, out var array));
        Assert.Contains(array.Array!, static b => b != 0);

        buffer.Dispose();
        buffer.Dispose();

        Assert.All(array.Array!, static b => Assert.Equal(0, b));
        Assert.Throws<ObjectDisposedException>(() => buffer.Span.Length);
    }

    /// <summary>A collector that moved it would leave a copy behind, which nobody zeroes.</summary>
    [Fact]
    public unsafe void Span_AfterCollections_StaysWhereItWas()
    {
        using var buffer = SecretBuffer.Random(64);
        var before = (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref buffer.Span[0]);

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);

        Assert.Equal(before, (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref buffer.Span[0]));
    }
}
