using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Saas.Keys;

namespace Saas.Encryption.Transit.Engine;

/// <summary>
/// Keys of a context from one version's material, as Vault derives them. HKDF's first half depends on the material
/// alone and is computed once. Allocates nothing for a context of up to 512 bytes.
/// </summary>
internal sealed class DerivedKey : IDisposable
{
    private const int HashBytes = SHA256.HashSizeInBytes;
    private const int StackBytes = 512 + HashBytes + 8;

    private readonly SecretBuffer _input;
    private readonly SecretBuffer _pseudoRandomKey = SecretBuffer.Allocate(HashBytes);

    /// <param name="input">The material, owned by the caller and outliving this.</param>
    public DerivedKey(SecretBuffer input)
    {
        _input = input;
        Span<byte> salt = stackalloc byte[HashBytes];
        salt.Clear();
        HMACSHA256.HashData(salt, input.Span, _pseudoRandomKey.Span);
    }

    /// <summary>Fills the destination (at most 64 bytes).</summary>
    public CryptoFault Derive(KeyDerivation derivation, ReadOnlySpan<byte> context, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(destination.Length, 2 * HashBytes, nameof(destination));
        if (context.IsEmpty)
        {
            return CryptoFault.ContextMissing;
        }

        switch (derivation)
        {
            case KeyDerivation.HkdfSha256:
                Expand(context, destination);
                return CryptoFault.None;

            // It yields 32 bytes, never cut: Vault refuses a shorter key as it refuses a longer one.
            case KeyDerivation.CounterHmacSha256 when destination.Length == HashBytes:
                CounterMode(context, destination);
                return CryptoFault.None;

            default:
                return CryptoFault.UnsupportedDerivation;
        }
    }

    public void Dispose() => _pseudoRandomKey.Dispose();

    /// <summary>RFC 5869 §2.3: T(n) = HMAC(PRK, T(n-1) | info | n).</summary>
    private void Expand(ReadOnlySpan<byte> info, Span<byte> destination)
    {
        Span<byte> block = stackalloc byte[HashBytes];
        var length = HashBytes + info.Length + 1;
        var rented = length > StackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        var message = rented is null ? stackalloc byte[StackBytes] : rented;
        message = message[..length];
        info.CopyTo(message[HashBytes..]);

        // The first block has no predecessor.
        message[^1] = 1;
        HMACSHA256.HashData(_pseudoRandomKey.Span, message[HashBytes..], block);
        var first = Math.Min(HashBytes, destination.Length);
        block[..first].CopyTo(destination);
        if (destination.Length > HashBytes)
        {
            block.CopyTo(message);
            message[^1] = 2;
            HMACSHA256.HashData(_pseudoRandomKey.Span, message, block);
            block[..(destination.Length - HashBytes)].CopyTo(destination[HashBytes..]);
        }

        CryptographicOperations.ZeroMemory(block);
        CryptographicOperations.ZeroMemory(message);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>One round: HMAC(key, 0 | context | 256), both numbers as 32 bits, the counter from zero as Vault has it.</summary>
    private void CounterMode(ReadOnlySpan<byte> context, Span<byte> destination)
    {
        var length = 4 + context.Length + 4;
        var rented = length > StackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        var message = rented is null ? stackalloc byte[StackBytes] : rented;
        message = message[..length];
        message[..4].Clear();
        context.CopyTo(message[4..]);
        BinaryPrimitives.WriteUInt32BigEndian(message[^4..], 8 * HashBytes);
        HMACSHA256.HashData(_input.Span, message, destination);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
