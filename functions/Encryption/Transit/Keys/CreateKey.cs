using Saas.Encryption.Mounts;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Keys;

/// <summary>Makes a named key. One that exists stays as it is, and the answer says so in a warning.</summary>
internal static class CreateKey
{
    public static void Map(IRouteTable routes) =>
        routes.MapVault(VaultVerb.Write, "/v1/{mount}/keys/{name}", Mounts.Engine.Transit, "transit:create", "Create a key", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var name = request.Route("name");
        var (key, isNew) = await request.Service<TransitKeys>().EnsureAsync(KeyRing.Of(request), name, Options(request), ct);
        if (!isNew)
        {
            request.Warn($"key {name} already existed");
        }

        return await KeyView.AnswerAsync(request, key, ct);
    }

    private static TransitKeyOptions Options(VaultRequest request)
    {
        var fields = request.Fields(
            "type", "derived", "convergent_encryption", "exportable", "allow_plaintext_backup", "context", "auto_rotate_period", "key_size",
            "managed_key_name", "managed_key_id", "parameter_set", "hybrid_key_type_pqc", "hybrid_key_type_ec");
        return new TransitKeyOptions
        {
            Type = TransitKeyOptions.ParseType(fields.String("type") is { Length: > 0 } type ? type : "aes256-gcm96"),
            Derived = fields.Bool("derived", false),
            Convergent = fields.Bool("convergent_encryption", false),
            Exportable = fields.Bool("exportable", false),
            AllowPlaintextBackup = fields.Bool("allow_plaintext_backup", false),
            AutoRotatePeriod = fields.Duration("auto_rotate_period") ?? TimeSpan.Zero,
            KeySize = fields.Int("key_size", 0),
        };
    }
}
