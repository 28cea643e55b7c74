using System.Security.Cryptography;
using Saas.Contracts;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Keys;

/// <summary>
/// A tenant's root key at work: a lease of it, to be disposed when done. Seals values for the row they will stand in,
/// and opens them only there. Safe for concurrent use until disposed.
/// </summary>
public sealed class TenantSeal : IDisposable
{
    private readonly TenantId _tenant;
    private Lease<RootKey> _lease;

    internal TenantSeal(TenantId tenant, Lease<RootKey> lease) => (_tenant, _lease) = (tenant, lease);

    /// <summary>Bytes a sealed value has more than what it holds.</summary>
    public const int OverheadBytes = SealedValue.OverheadBytes;

    /// <summary>Different bytes at every call. The plain text stays the caller's to clear.</summary>
    /// <param name="row">The key of the row the value will be stored in.</param>
    /// <exception cref="ArgumentException">The partition is another tenant's.</exception>
    /// <exception cref="ObjectDisposedException">The seal was disposed.</exception>
    public byte[] Seal(TablePartition partition, string row, ReadOnlySpan<byte> plain)
    {
        CheckTenant(partition);
        return SealedValue.Seal(_lease.Value.Key.Span, new SealedPlace(partition.Table, partition.Key, row), plain);
    }

    /// <summary>What was sealed for this row. The caller disposes it.</summary>
    /// <exception cref="SealBrokenException">It was altered, cut, or sealed for another place.</exception>
    /// <exception cref="ArgumentException">The partition is another tenant's.</exception>
    /// <exception cref="ObjectDisposedException">The seal was disposed.</exception>
    public SecretBuffer Open(TablePartition partition, string row, ReadOnlySpan<byte> sealedValue)
    {
        CheckTenant(partition);
        return SealedValue.Open(_lease.Value.Key.Span, new SealedPlace(partition.Table, partition.Key, row), sealedValue);
    }

    /// <summary>
    /// A key of the tenant's for one purpose: always the same for the same purpose and length, and independent of every
    /// other and of what seals rows (RFC 5869, HKDF-SHA256). The caller disposes it.
    /// </summary>
    /// <param name="purpose">A name of the code's own; never a user's text alone.</param>
    /// <param name="bytes">1 to 8160.</param>
    public SecretBuffer Derive(string purpose, int bytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, 255 * SHA256.HashSizeInBytes);
        Span<byte> info = stackalloc byte[LengthPrefixed.StackBytes];
        var derived = SecretBuffer.Allocate(bytes);
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256, _lease.Value.Key.Span, derived.Span, salt: [],
            LengthPrefixed.Write(info, "saas/derive/1", purpose, bytes.ToString()));
        return derived;
    }

    public void Dispose() => _lease.Dispose();

    private void CheckTenant(TablePartition partition)
    {
        if (!PartitionKeys.TryGetTenant(partition.Key, out var tenant) || tenant != _tenant)
        {
            throw new ArgumentException("The partition is not of the tenant whose root key this is.", nameof(partition));
        }
    }
}
