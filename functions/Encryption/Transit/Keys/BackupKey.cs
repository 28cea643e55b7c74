using System.Text.Json;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Keys;

/// <summary>A whole key in Vault's plaintext backup, of a key that allows both exporting and that.</summary>
internal static class BackupKey
{
    public static void Map(IRouteTable routes) => routes.MapVault(
        VaultVerb.Read, "/v1/{mount}/backup/{name}", Mounts.Engine.Transit, "transit:backup", "Back up a key in plaintext", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var (ring, name, now) = (KeyRing.Of(request), request.Route("name"), request.Service<TimeProvider>().GetUtcNow());
        KeyNames.Check(name);
        var key = await request.Service<KeyChanges>().ChangeAsync(ring, name, key => new KeyChange(Taken(key, now)), ct);
        if (key is null)
        {
            return VaultResponse.BadRequest($"key \"{name}\" not found");
        }

        var versions = new List<NewVersion>();
        try
        {
            await foreach (var version in request.Service<VersionRows>().ReadAsync(ring, key, key.Versions[0].Number, key.LatestVersion, ct))
            {
                versions.Add(version);
            }

            return Answer(key, versions);
        }
        finally
        {
            versions.ForEach(v => v.Material.Dispose());
        }
    }

    private static TransitKey Taken(TransitKey key, DateTimeOffset now) =>
        !key.Exportable ? throw VaultException.BadRequest("exporting is disallowed on the policy")
        : !key.AllowPlaintextBackup ? throw VaultException.BadRequest("plaintext backup is disallowed on the policy")
        : key with { Backup = new KeyOccasion(now, key.LatestVersion) };

    private static VaultResponse Answer(TransitKey key, List<NewVersion> versions)
    {
        using var backup = new PooledBuffer(4096 * versions.Count);
        using (var json = new Utf8JsonWriter(backup, VaultJson.Writing))
        {
            BackupWriter.Write(json, key, versions);
        }

        var response = VaultResponse.Data(backup.WrittenCount * 4 / 3 + 64);
        response.Json.WriteBase64String("backup", backup.WrittenSpan);
        return response;
    }
}
