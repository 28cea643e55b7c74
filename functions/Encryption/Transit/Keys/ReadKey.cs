using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Keys;

/// <summary>What a key is, with the public halves of its versions; never a secret.</summary>
internal static class ReadKey
{
    public static void Map(IRouteTable routes) =>
        routes.MapVault(VaultVerb.Read, "/v1/{mount}/keys/{name}", Mounts.Engine.Transit, "transit:read", "Read a key", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        if (await request.Service<TransitKeys>().FindAsync(request, request.Route("name"), ct) is not { } key)
        {
            return VaultResponse.NotFound();
        }

        return await KeyView.AnswerAsync(request, key, Context(request.Query("context")), ct);
    }

    private static byte[] Context(string? base64)
    {
        try
        {
            return Convert.FromBase64String(base64 ?? "");
        }
        catch (FormatException)
        {
            throw VaultException.BadRequest("failed to base64-decode context");
        }
    }
}
