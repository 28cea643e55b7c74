using System.Runtime.CompilerServices;
using Saas.Encryption.Transit.Engine;
using Saas.Storage.Tables;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// Many versions of a key at once, read in pages and not through the cache: a key with thousands of versions must not
/// drive everybody else's out of it.
/// </summary>
internal sealed class VersionRows(SealedKeys sealedKeys)
{
    /// <summary>The versions wanted, in order; the caller disposes every material. One removed meanwhile is left out.</summary>
    public async IAsyncEnumerable<NewVersion> ReadAsync(
        KeyRing ring, TransitKey key, int from, int to, [EnumeratorCancellation] CancellationToken ct)
    {
        if (from == to)
        {
            if (key.Find(from) is { } one && await sealedKeys.MaterialAsync(ring, KeyRows.Version(key.Id, one), ct) is { } material)
            {
                yield return new NewVersion(one, material);
            }

            yield break;
        }

        var wanted = key.Versions.Where(v => v.Number >= from && v.Number <= to).ToDictionary(v => KeyRows.Version(key.Id, v));
        await foreach (var row in ring.Rows.ReadAllAsync(KeyRows.Versions(key.Id, from, to + 1), ct))
        {
            if (wanted.TryGetValue(row.Row, out var version))
            {
                yield return new NewVersion(version, await sealedKeys.MaterialAsync(ring, row, ct));
            }
        }
    }

    /// <summary>By version, of those that may still be used.</summary>
    /// <param name="context">For a derived ed25519 key, which has a public key only of a context.</param>
    public async Task<IReadOnlyDictionary<int, string>> PublicKeysAsync(
        KeyRing ring, TransitKey key, ReadOnlyMemory<byte> context, CancellationToken ct)
    {
        var publicKeys = new Dictionary<int, string>();
        if (key.Derived && context.IsEmpty)
        {
            return publicKeys;
        }

        await foreach (var (version, material) in ReadAsync(ring, key, key.MinDecryptionVersion, key.LatestVersion, ct))
        {
            using (material)
            {
                publicKeys[version.Number] = PublicKey(key, material, context.Span);
            }
        }

        return publicKeys;
    }

    private static string PublicKey(TransitKey key, KeyMaterial material, ReadOnlySpan<byte> context)
    {
        if (!key.Derived)
        {
            return material.PublicKey ?? "";
        }

        Span<byte> derived = stackalloc byte[Ed25519Material.PublicKeyBytes];
        return material is Ed25519Material ed25519 && ed25519.DerivePublicKey(key.Derivation, context, derived) == CryptoFault.None
            ? Convert.ToBase64String(derived)
            : "";
    }
}
