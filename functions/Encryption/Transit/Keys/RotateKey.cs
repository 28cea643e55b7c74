using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Keys;

/// <summary>Adds a version: what is encrypted from now on is encrypted with it, older versions still decrypt.</summary>
internal static class RotateKey
{
    public static void Map(IRouteTable routes) => routes.MapVault(
        VaultVerb.Write, "/v1/{mount}/keys/{name}/rotate", Mounts.Engine.Transit, "transit:rotate", "Rotate a key", HandleAsync);

    private static async ValueTask<VaultResponse> HandleAsync(VaultRequest request, CancellationToken ct)
    {
        var fields = request.Fields("managed_key_name", "managed_key_id");
        if (fields.Has("managed_key_name") || fields.Has("managed_key_id"))
        {
            return VaultResponse.BadRequest("managed keys are not supported: keys held by an external key management system are not offered");
        }

        var name = request.Route("name");
        KeyNames.Check(name);
        return await request.Service<KeyRotation>().RotateAsync(KeyRing.Of(request), name, ct) is { } rotated
            ? await KeyView.AnswerAsync(request, rotated, ct)
            : VaultResponse.BadRequest("key not found");
    }
}
