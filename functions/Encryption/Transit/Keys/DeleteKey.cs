using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Encryption.Transit.Keys;

/// <summary>Destroys a key that was configured to allow it.</summary>
internal static class DeleteKey
{
    private const int MaxAttempts = 20;

    public static void Map(IRouteTable routes) =>
        routes.MapVault(VaultVerb.Delete, "/v1/{mount}/keys/{name}", Mounts.Engine.Transit, "transit:delete", "Delete a key", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var (ring, name) = (KeyRing.Of(request), request.Route("name"));
        KeyNames.Check(name);
        var (sealedKeys, remains) = (request.Service<SealedKeys>(), request.Service<KeyRemains>());
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (await sealedKeys.FindAsync(ring, name, ct) is not { } found)
            {
                return VaultResponse.BadRequest($"error deleting policy {name}: could not delete key; not found");
            }

            if (!found.Value.DeletionAllowed)
            {
                return VaultResponse.BadRequest($"error deleting policy {name}: deletion is not allowed for this key");
            }

            await remains.TakeDutyAsync(ring, found.Value.Id, ct);
            var deleted = await ring.Rows.WriteBatchAsync(
                [TableWrite.Delete(found.Row, found.ETag), TableWrite.Insert(KeyRows.Gone(found.Value.Id), KeyRows.Deleted)], ct);
            if (deleted.IsDone)
            {
                request.Service<KeyChanges>().Changed(ring, found.Value);
                await KeyRemains.ClearAsync(ring, found.Value.Id, ct);
                return VaultResponse.NoContent();
            }
        }

        throw new StorageUnavailableException($"The key changed during each of {MaxAttempts} attempts.");
    }
}
