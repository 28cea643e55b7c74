using Saas.Encryption.Vault;
using Saas.Hosting.Modules;

namespace Saas.Encryption.Sys;

/// <summary>Paths of mounts as clients write them, with slashes behind and before.</summary>
internal static class MountPaths
{
    public const int MaxLength = 64;

    /// <summary>Vault's own, that nobody mounts over.</summary>
    private static readonly string[] Protected = ["audit", "auth", "cubbyhole", "identity", "sys"];

    public static string Of(ApiRequest request) => (request.Http.Request.RouteValues["path"] as string ?? "").Trim('/');

    /// <summary>What policies name it: <c>mount/transit</c>.</summary>
    public static string Resource(ApiRequest request) => "mount/" + Of(request);

    /// <exception cref="VaultException">400: nothing can be mounted there.</exception>
    public static void CheckNew(string path)
    {
        if (Protected.Contains(path))
        {
            throw VaultException.BadRequest($"cannot mount \"{path}/\"");
        }

        if (path.Length is 0 or > MaxLength || path is "." or ".." || !path.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            throw VaultException.BadRequest($"a mount's path has 1 to {MaxLength} letters, digits, hyphens, underscores and dots");
        }
    }
}
