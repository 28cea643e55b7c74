using System.Buffers;
using System.Security.Cryptography;

namespace Saas.Encryption.Transit.Operations.Items;

/// <summary>
/// Work space for one item after the other: taken piece by piece, forgotten all at once, so that items allocate nothing.
/// It has held plaintexts, so what was used is zeroed before the arrays go back to the pool. For one thread.
/// </summary>
internal sealed class Scratch : IDisposable
{
    private const int FirstBytes = 4 * 1024;

    private readonly List<byte[]> _full = [];
    private byte[] _array = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _taken;
    private int _mostTaken;

    /// <summary>Valid until <see cref="Reset"/>. Its content is what happened to be there.</summary>
    public Span<byte> Take(int bytes)
    {
        if (_array.Length - _taken < bytes)
        {
            Grow(bytes);
        }

        var piece = _array.AsSpan(_taken, bytes);
        _taken += bytes;
        return piece;
    }

    /// <param name="faultAt">Where the text is no base 64.</param>
    public bool TryDecode(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> bytes, out int faultAt)
    {
        faultAt = 0;
        if (text.IsEmpty)
        {
            bytes = default;
            return true;
        }

        var piece = Take(GoBase64.MaxDecodedLength(text.Length));
        var succeeded = GoBase64.TryDecode(text, piece, out var written, out faultAt);
        bytes = piece[..written];
        return succeeded;
    }

    /// <summary>Everything taken is free again.</summary>
    public void Reset()
    {
        _mostTaken = Math.Max(_mostTaken, _taken);
        _taken = 0;
    }

    public void Dispose()
    {
        Reset();
        CryptographicOperations.ZeroMemory(_array.AsSpan(0, _mostTaken));
        ArrayPool<byte>.Shared.Return(_array);
        foreach (var array in _full)
        {
            CryptographicOperations.ZeroMemory(array);
            ArrayPool<byte>.Shared.Return(array);
        }

        _full.Clear();
        _array = [];
    }

    /// <summary>What was taken stays where it is.</summary>
    private void Grow(int bytes)
    {
        _full.Add(_array);
        _array = ArrayPool<byte>.Shared.Rent(Math.Max(bytes, checked(2 * _array.Length)));
        (_taken, _mostTaken) = (0, 0);
    }
}
