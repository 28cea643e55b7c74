using System.Security.Cryptography;

namespace Saas.Keys;

/// <summary>
/// Key material in memory: in an array the collector never moves, so that no copy of it stays behind, and zeroed when
/// disposed. Not for concurrent disposal; reading from several threads is fine.
/// </summary>
public sealed class SecretBuffer : IDisposable
{
    private byte[]? _bytes;

    private SecretBuffer(byte[] bytes) => _bytes = bytes;

    /// <exception cref="ObjectDisposedException">It was zeroed.</exception>
    public Span<byte> Span => Bytes;

    /// <exception cref="ObjectDisposedException">It was zeroed.</exception>
    public Memory<byte> Memory => Bytes;

    public int Length => Bytes.Length;

    private byte[] Bytes => _bytes ?? throw new ObjectDisposedException(nameof(SecretBuffer));

    /// <summary>All zeros, for the caller to fill.</summary>
    public static SecretBuffer Allocate(int bytes) => new(GC.AllocateArray<byte>(bytes, pinned: true));

    public static SecretBuffer Random(int bytes)
    {
        var buffer = Allocate(bytes);
        RandomNumberGenerator.Fill(buffer.Span);
        return buffer;
    }

    /// <summary>The source stays the caller's to clear.</summary>
    public static SecretBuffer CopyOf(ReadOnlySpan<byte> source)
    {
        var buffer = Allocate(source.Length);
        source.CopyTo(buffer.Span);
        return buffer;
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _bytes, null) is { } bytes)
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
