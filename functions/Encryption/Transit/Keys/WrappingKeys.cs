using Saas.Encryption.Transit.Engine;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Keys;
using Saas.Storage.Tables;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// The RSA key pair of a mount that others wrap their keys with to import them here. Made when it is first asked for,
/// which takes about a second: once in a process, however many ask, and of several processes the first that stores it
/// gives everybody's.
/// </summary>
internal sealed class WrappingKeys : IDisposable
{
    private static readonly SecretCacheLimits Limits = new(100, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10));

    private readonly SealedKeys _sealedKeys;
    private readonly KeyMaker _maker;
    private readonly SecretCache<KeyAddress, KeyMaterial> _cache;

    public WrappingKeys(SealedKeys sealedKeys, KeyMaker maker, TimeProvider time)
    {
        (_sealedKeys, _maker) = (sealedKeys, maker);
        _cache = new SecretCache<KeyAddress, KeyMaterial>(Limits, time);
    }

    public ValueTask<Lease<KeyMaterial>> LeaseAsync(KeyRing ring, CancellationToken ct) =>
        _cache.LeaseAsync(ring.Address(KeyRows.WrappingKey), (_, _, loading) => LoadAsync(ring, loading), ct);

    public void Dispose() => _cache.Dispose();

    private async ValueTask<KeyMaterial> LoadAsync(KeyRing ring, CancellationToken ct)
    {
        while (true)
        {
            if (await _sealedKeys.MaterialAsync(ring, KeyRows.WrappingKey, ct) is { } known)
            {
                return known;
            }

            using var made = await _maker.MakeAsync(KeyType.Rsa4096, 0, ct);
            var row = await _sealedKeys.SealAsync(ring, KeyRows.WrappingKey, made, ct);
            await ring.Rows.WriteAsync(TableWrite.Insert(KeyRows.WrappingKey, row), ct);
        }
    }
}

/// <summary>The public half of the mount's wrapping key.</summary>
internal static class ReadWrappingKey
{
    public static void Map(IRouteTable routes) => routes.MapVault(
        VaultVerb.Read, "/v1/{mount}/wrapping_key", Mounts.Engine.Transit, "transit:import", "Read the key that keys to import are wrapped with", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        using var key = await request.Service<WrappingKeys>().LeaseAsync(KeyRing.Of(request), ct);
        var response = VaultResponse.Data();
        response.Json.WriteString("public_key", key.Value.PublicKey);
        return response;
    }
}
