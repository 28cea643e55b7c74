using Saas.Encryption.Vault;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Encryption.Transit.Keys;

/// <summary>What is set for a whole mount.</summary>
/// <param name="DisableUpsert">Encrypting with a key that does not exist is an error instead of making it.</param>
/// <param name="CacheSize">Kept for clients that set it; our cache is bounded over all tenants.</param>
internal sealed record TransitSettings(bool DisableUpsert = false, int CacheSize = 0);

/// <summary>The settings' row. Not cached: it is asked for when a key is missing.</summary>
internal sealed class MountSettings(SealedKeys rows)
{
    private const int MaxAttempts = 20;

    public async ValueTask<TransitSettings> FindAsync(VaultRequest request, CancellationToken ct) =>
        (await FindAsync(KeyRing.Of(request), ct))?.Value ?? new TransitSettings();

    public async Task<TransitSettings> ChangeAsync(KeyRing ring, Func<TransitSettings, TransitSettings> change, CancellationToken ct)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var found = await FindAsync(ring, ct);
            var wanted = change(found?.Value ?? new TransitSettings());
            var bytes = await rows.SealAsync(ring, KeyRows.Settings, wanted, TransitKeyJson.Default.TransitSettings, ct);
            var write = found is null ? TableWrite.Insert(KeyRows.Settings, bytes) : TableWrite.Replace(KeyRows.Settings, bytes, found.ETag);
            if ((await ring.Rows.WriteAsync(write, ct)).IsDone)
            {
                return wanted;
            }
        }

        throw new StorageUnavailableException($"The settings changed during each of {MaxAttempts} attempts.");
    }

    private async ValueTask<Document<TransitSettings>?> FindAsync(KeyRing ring, CancellationToken ct) =>
        await ring.Rows.GetAsync(KeyRows.Settings, ct) is { } row
            ? await rows.OpenAsync(ring, row, TransitKeyJson.Default.TransitSettings, ct)
            : null;
}
