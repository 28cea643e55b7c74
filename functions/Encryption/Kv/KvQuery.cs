using System.Globalization;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Kv;

/// <summary>Parameters in the query string, as loosely typed as Vault has them. Empty is as not given.</summary>
internal static class KvQuery
{
    /// <returns>0 where it was not given.</returns>
    /// <exception cref="VaultException">400: no number.</exception>
    public static int Int(VaultRequest request, string name)
    {
        if (request.Query(name) is not { Length: > 0 } text)
        {
            return 0;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Invalid(name, "a whole number");
    }

    /// <exception cref="VaultException">400: neither true nor false.</exception>
    public static bool Bool(VaultRequest request, string name) => request.Query(name) switch
    {
        null or "" or "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        _ => throw Invalid(name, "a boolean"),
    };

    private static VaultException Invalid(string name, string expected) =>
        VaultException.BadRequest($"Field validation failed: error converting input for field \"{name}\": expected {expected}");
}
