using Saas.Hosting.Modules;

namespace Saas.Encryption.Transit.Operations;

/// <summary>The operations with keys, and those without: what the transit engine is for.</summary>
internal static class OperationRoutes
{
    public static void Map(IRouteTable routes)
    {
        Encrypt.Map(routes);
        Decrypt.Map(routes);
        Rewrap.Map(routes);
        DataKey.Map(routes);
        DataKeys.Map(routes);
        Random.Map(routes);
        Hash.Map(routes);
        Hmac.Map(routes);
        Sign.Map(routes);
        Verify.Map(routes);
    }
}
