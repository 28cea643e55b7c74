using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Keys;

/// <summary>
/// Destroys a key's oldest versions for ever. Another instance may encrypt with them until it has read that the minimum
/// was raised, and what it answered must stay readable: so this waits until every instance has.
/// </summary>
internal static class TrimKey
{
    /// <summary>Within which a change is known to all instances.</summary>
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(5);

    public static void Map(IRouteTable routes) => routes.MapVault(
        VaultVerb.Write, "/v1/{mount}/keys/{name}/trim", Mounts.Engine.Transit, "transit:trim", "Destroy old versions of a key", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var (ring, name) = (KeyRing.Of(request), request.Route("name"));
        KeyNames.Check(name);
        var minimum = request.Fields("min_available_version").Int("min_available_version");
        await WaitAsync(request, ring, name, minimum, ct);
        var trimmed = await request.Service<KeyChanges>().ChangeAsync(ring, name, key => new KeyChange(Trim(key, minimum)), ct);
        if (trimmed is null)
        {
            return VaultResponse.BadRequest("invalid key name");
        }

        await request.Service<KeyRemains>().ClearTrimmedAsync(ring, trimmed, ct);
        return await KeyView.AnswerAsync(request, trimmed, ct);
    }

    private static async Task WaitAsync(VaultRequest request, KeyRing ring, string name, int? minimum, CancellationToken ct)
    {
        var time = request.Service<TimeProvider>();
        if (await request.Service<SealedKeys>().FindAsync(ring, name, ct) is { Value: var key }
            && !ReferenceEquals(Trim(key, minimum), key)
            && key.MinEncryptionRaisedAt + Spread - time.GetUtcNow() is { } left && left > TimeSpan.Zero)
        {
            await Task.Delay(left < Spread ? left : Spread, time, ct);
        }
    }

    private static TransitKey Trim(TransitKey key, int? minimum)
    {
        var refusal = minimum switch
        {
            null => "missing min_available_version",
            _ when minimum < key.MinAvailableVersion => "minimum available version cannot be decremented",
            _ when key.MinEncryptionVersion == 0 => "minimum available version cannot be set when minimum encryption version is not set",
            _ when minimum > key.MinEncryptionVersion => "minimum available version cannot be greater than minmum encryption version",
            _ when minimum > key.MinDecryptionVersion => "minimum available version cannot be greater than minimum decryption version",
            < 0 => "minimum available version cannot be negative",
            0 => "minimum available version should be positive",
            _ => null,
        };
        if (refusal is not null)
        {
            throw VaultException.BadRequest(refusal);
        }

        return minimum == key.MinAvailableVersion
            ? key
            : key with { MinAvailableVersion = minimum!.Value, Versions = [.. key.Versions.Where(v => v.Number >= minimum)] };
    }
}
