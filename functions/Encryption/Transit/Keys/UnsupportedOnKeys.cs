using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Keys;

/// <summary>What Vault offers on keys and we do not, refused in so many words.</summary>
internal static class UnsupportedOnKeys
{
    public const string Certificates = "certificates of transit keys are not supported";

    public static void Map(IRouteTable routes)
    {
        foreach (var path in (string[])["csr", "set-certificate"])
        {
            routes.MapVault(
                VaultVerb.Write, "/v1/{mount}/keys/{name}/" + path, Mounts.Engine.Transit, "transit:configure", "Not supported",
                static (_, _) => ValueTask.FromResult(VaultResponse.BadRequest(Certificates)));
        }
    }
}
