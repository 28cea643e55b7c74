using Microsoft.Extensions.DependencyInjection;
using Saas.Hosting.Modules;
using Saas.Keys;

namespace Saas.Encryption.RootKeys;

/// <summary>
/// The timer that follows a rotation of the key-encryption key: within the hour every tenant's root key is under its
/// newest version. When nothing was rotated it only reads.
/// </summary>
internal static class RewrapRootKeys
{
    public static void Map(ITriggerTable triggers) => triggers.Timer(
        nameof(RewrapRootKeys), "0 0 * * * *", static (services, ct) => services.GetRequiredService<RootKeyRewrap>().RunAsync(ct));
}
