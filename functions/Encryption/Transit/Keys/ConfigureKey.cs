using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Keys;

/// <summary>Changes what a key allows. Exporting and plaintext backup, once allowed, stay so.</summary>
internal static class ConfigureKey
{
    public static void Map(IRouteTable routes) => routes.MapVault(
        VaultVerb.Write, "/v1/{mount}/keys/{name}/config", Mounts.Engine.Transit, "transit:configure", "Configure a key", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var (name, wanted, now) = (request.Route("name"), Wanted.Of(request), request.Service<TimeProvider>().GetUtcNow());
        KeyNames.Check(name);
        var changed = await request.Service<KeyChanges>().ChangeAsync(KeyRing.Of(request), name, key => new KeyChange(wanted.ApplyTo(key, now)), ct);
        if (changed is null)
        {
            return VaultResponse.BadRequest($"no existing key named {name} could be found");
        }

        if (wanted.MinDecryptionVersion == 0)
        {
            request.Warn("since Vault 0.3, transit key numbering starts at 1; forcing minimum to 1");
        }

        return await KeyView.AnswerAsync(request, changed, ct);
    }

    /// <summary>Null: stays as it is.</summary>
    private sealed record Wanted(
        int? MinDecryptionVersion, int? MinEncryptionVersion, bool? DeletionAllowed, bool? Exportable, bool? AllowPlaintextBackup, TimeSpan? AutoRotatePeriod)
    {
        public static Wanted Of(VaultRequest request)
        {
            var fields = request.Fields(
                "min_decryption_version", "min_encryption_version", "deletion_allowed", "exportable", "allow_plaintext_backup", "auto_rotate_period");
            return new Wanted(
                fields.Int("min_decryption_version"), fields.Int("min_encryption_version"), fields.Bool("deletion_allowed"),
                fields.Bool("exportable"), fields.Bool("allow_plaintext_backup"), fields.Duration("auto_rotate_period"));
        }

        /// <returns>The key itself where nothing changes.</returns>
        /// <exception cref="VaultException">400: the minimums do not fit together.</exception>
        public TransitKey ApplyTo(TransitKey key, DateTimeOffset now)
        {
            CheckVersion("decryption", MinDecryptionVersion, key.MinDecryptionVersion, key.LatestVersion);
            CheckVersion("encryption", MinEncryptionVersion, key.MinEncryptionVersion, key.LatestVersion);
            var changed = key with
            {
                MinDecryptionVersion = Math.Max(1, MinDecryptionVersion ?? key.MinDecryptionVersion),
                MinEncryptionVersion = MinEncryptionVersion ?? key.MinEncryptionVersion,
                MinEncryptionRaisedAt = MinEncryptionVersion > key.MinEncryptionVersion ? now : key.MinEncryptionRaisedAt,
                DeletionAllowed = DeletionAllowed ?? key.DeletionAllowed,
                Exportable = key.Exportable || Exportable == true,
                AllowPlaintextBackup = key.AllowPlaintextBackup || AllowPlaintextBackup == true,
                AutoRotatePeriod = AutoRotatePeriod ?? key.AutoRotatePeriod,
            };
            if (changed.MinEncryptionVersion > 0 && changed.MinEncryptionVersion < changed.MinDecryptionVersion)
            {
                throw VaultException.BadRequest(
                    $"cannot set min encryption/decryption values; min encryption version of {changed.MinEncryptionVersion} must be greater than or equal to min decryption version of {changed.MinDecryptionVersion}");
            }

            TransitKeyOptions.CheckAutoRotatePeriod(AutoRotatePeriod ?? TimeSpan.Zero);
            if (changed == key)
            {
                return key;
            }

            CheckAvailable(changed);
            return changed;
        }

        private static void CheckVersion(string use, int? wanted, int current, int latest)
        {
            if (wanted < 0)
            {
                throw VaultException.BadRequest($"min {use} version cannot be negative");
            }

            if (wanted != current && wanted > latest)
            {
                throw VaultException.BadRequest($"cannot set min {use} version of {wanted}, latest key version is {latest}");
            }
        }

        private static void CheckAvailable(TransitKey key)
        {
            if (key.MinAvailableVersion > key.MinEncryptionVersion)
            {
                throw VaultException.BadRequest("min encryption version should not be less than min available version");
            }

            if (key.MinAvailableVersion > key.MinDecryptionVersion)
            {
                throw VaultException.BadRequest("min decryption version should not be less then min available version");
            }
        }
    }
}
