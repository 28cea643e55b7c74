using Saas.Contracts;
using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Vault;
using Saas.Keys;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// The named keys of every mount: found, made, and their material leased. A hit of the cache reads nothing, waits for
/// nothing and allocates nothing.
/// <para>
/// A key is used for at most 4 s before its row is read again, and a change made by this process is seen at once. So a
/// version that another instance made a moment ago may be missing from what <see cref="FindAsync(VaultRequest, string, CancellationToken)"/>
/// gives: who is asked for one that is newer than the latest looks again with <see cref="FindAgainAsync"/>. Material
/// never changes under its address and stays in memory for ten minutes after it was loaded.
/// </para>
/// </summary>
internal sealed class TransitKeys : IDisposable
{
    private static readonly SecretCacheLimits KeyLimits = new(10_000, SecretCacheLimits.SharedRowAge, TimeSpan.FromHours(1));
    private static readonly SecretCacheLimits MaterialLimits = new(10_000, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10));

    private readonly SealedKeys _rows;
    private readonly KeyChanges _changes;
    private readonly KeyMaker _maker;
    private readonly TimeProvider _time;
    private readonly SecretCache<KeyAddress, CachedKey> _keys;
    private readonly SecretCache<MaterialAddress, KeyMaterial> _material;

    public TransitKeys(SealedKeys rows, KeyChanges changes, KeyMaker maker, IChangeSignal signal, TimeProvider time)
    {
        (_rows, _changes, _maker, _time) = (rows, changes, maker, time);
        _keys = new SecretCache<KeyAddress, CachedKey>(KeyLimits, time, signal, static address => address.Topic);
        _material = new SecretCache<MaterialAddress, KeyMaterial>(MaterialLimits, time);
    }

    /// <summary>The key, or null. A name that is none gives null too.</summary>
    /// <exception cref="StorageUnavailableException">It is not cached and the store does not answer.</exception>
    public ValueTask<TransitKey?> FindAsync(VaultRequest request, string name, CancellationToken ct) => FindAsync(KeyRing.Of(request), name, ct);

    public ValueTask<TransitKey?> FindAsync(KeyRing ring, string name, CancellationToken ct)
    {
        if (_keys.TryLease(ring.Address(name), out var lease))
        {
            using (lease)
            {
                return ValueTask.FromResult(lease.Value.Key);
            }
        }

        return LoadAsync(ring, name, ct);
    }

    /// <summary>As the store has it now: for a version that is newer than the latest one known.</summary>
    public ValueTask<TransitKey?> FindAgainAsync(VaultRequest request, string name, CancellationToken ct) =>
        FindAgainAsync(KeyRing.Of(request), name, ct);

    public ValueTask<TransitKey?> FindAgainAsync(KeyRing ring, string name, CancellationToken ct)
    {
        _keys.Remove(ring.Address(name));
        return LoadAsync(ring, name, ct);
    }

    /// <summary>Dispose the lease when done: the material is zeroed only after that.</summary>
    /// <exception cref="VaultException">400: there is no such version, or it was trimmed away meanwhile.</exception>
    public ValueTask<Lease<KeyMaterial>> MaterialAsync(VaultRequest request, TransitKey key, int version, CancellationToken ct) =>
        MaterialAsync(KeyRing.Of(request), key, version, ct);

    public ValueTask<Lease<KeyMaterial>> MaterialAsync(KeyRing ring, TransitKey key, int version, CancellationToken ct)
    {
        var found = key.Find(version) ?? throw NoSuchVersion();
        return _material.TryLease(new MaterialAddress(key.Id, version, found.Revision), out var lease)
            ? ValueTask.FromResult(lease)
            : LoadMaterialAsync(ring, key, found, ct);
    }

    /// <summary>Makes the key with its first version; one that exists is returned as it is, whatever it is.</summary>
    /// <exception cref="VaultException">400, 404: the name is none, or the type cannot do what is asked of it.</exception>
    public async Task<TransitKey> CreateAsync(VaultRequest request, string name, TransitKeyOptions options, CancellationToken ct) =>
        (await EnsureAsync(KeyRing.Of(request), name, options, ct)).Key;

    /// <summary>As <see cref="CreateAsync"/>, and whether it was made by this call.</summary>
    public async Task<(TransitKey Key, bool IsNew)> EnsureAsync(KeyRing ring, string name, TransitKeyOptions options, CancellationToken ct)
    {
        KeyNames.Check(name);
        options.Check();
        if (await _rows.FindAsync(ring, name, ct) is { } known)
        {
            return (known.Value, false);
        }

        var key = options.ToKey(EntityId.New("tk", _time), name);
        using var material = await _maker.MakeAsync(key, ct);
        var version = KeyVersions.Next(key, material, _time.GetUtcNow());
        return await _changes.InsertAsync(ring, new KeyChange(key.With(version), new NewVersion(version, material)), ct);
    }

    public void Dispose()
    {
        _keys.Dispose();
        _material.Dispose();
    }

    private async ValueTask<TransitKey?> LoadAsync(KeyRing ring, string name, CancellationToken ct)
    {
        if (!KeyNames.IsName(name) || name.Length > KeyNames.MaxLength)
        {
            return null;
        }

        var address = ring.Address(name);
        using var lease = await _keys.LeaseAsync(address, (_, known, loading) => ReadAsync(ring, name, known, loading), ct);
        if (lease.Value.Key is null)
        {
            // Whoever makes the key on another instance and comes here next must find it.
            _keys.Remove(address);
        }

        return lease.Value.Key;
    }

    private async ValueTask<CachedKey> ReadAsync(KeyRing ring, string name, CachedKey? known, CancellationToken ct)
    {
        if (await ring.Rows.GetAsync(KeyRows.Key(name), ct) is not { } row)
        {
            return CachedKey.None;
        }

        // What is kept from here on for seconds must not rest on an older look at the tenant's own key.
        await _rows.CheckAsync(ring, ct);
        if (known?.ETag == row.ETag)
        {
            return known;
        }

        var opened = await _rows.OpenAsync(ring, row, TransitKeyJson.Default.TransitKey, ct);
        return new CachedKey(opened.Value, opened.ETag);
    }

    private async ValueTask<Lease<KeyMaterial>> LoadMaterialAsync(KeyRing ring, TransitKey key, TransitKeyVersion version, CancellationToken ct) =>
        await _material.LeaseAsync(
            new MaterialAddress(key.Id, version.Number, version.Revision),
            async (_, _, loading) => await _rows.MaterialAsync(ring, KeyRows.Version(key.Id, version), loading) ?? throw NoSuchVersion(),
            ct);

    private static VaultException NoSuchVersion() => VaultException.BadRequest("requested version for encryption or decryption does not exist");

    /// <summary>Of a version's material: the key's id is never used again, so it never means anything else.</summary>
    private readonly record struct MaterialAddress(string KeyId, int Version, int Revision);

    /// <summary>Nothing secret: here for the cache's other virtues.</summary>
    private sealed class CachedKey(TransitKey? key, string etag) : IDisposable
    {
        public static readonly CachedKey None = new(null, "");

        public TransitKey? Key => key;

        public string ETag => etag;

        public void Dispose()
        {
            // Whoever holds the key may go on with it: it is no more than a description.
        }
    }
}
