using Saas.Encryption.Transit.Keys;
using Saas.Encryption.Transit.Operations.Items;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Transit.Operations;

/// <summary>The key of an operation, fresh enough for the versions its items name.</summary>
internal static class OperationKeys
{
    public const string NotFound = "encryption key not found";

    /// <summary>For items that say a version themselves: one that another instance made a moment ago is looked up.</summary>
    public static ValueTask<TransitKey?> FindForAsync(VaultRequest request, OperationInput input, CancellationToken ct)
    {
        var newest = 0;
        for (var i = 0; i < input.Count; i++)
        {
            newest = Math.Max(newest, input[i].KeyVersion);
        }

        return FindAsync(request, newest, ct);
    }

    /// <summary>For items that name a version in the text of a parameter: <c>vault:v3:…</c></summary>
    public static ValueTask<TransitKey?> FindForAsync(VaultRequest request, OperationInput input, Param text, CancellationToken ct)
    {
        var newest = 0;
        for (var i = 0; i < input.Count; i++)
        {
            ref readonly var item = ref input[i];
            newest = Math.Max(newest, Math.Max(VersionedText.Parse(input.Text(item, text)).Version, item.KeyVersion));
        }

        return FindAsync(request, newest, ct);
    }

    private static async ValueTask<TransitKey?> FindAsync(VaultRequest request, int newest, CancellationToken ct)
    {
        var keys = request.Service<TransitKeys>();
        var name = request.Route("name");
        var key = await keys.FindAsync(request, name, ct);
        return key is not null && newest > key.LatestVersion ? await keys.FindAgainAsync(request, name, ct) : key;
    }
}
