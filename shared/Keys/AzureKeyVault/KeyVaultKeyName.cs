namespace Saas.Keys.AzureKeyVault;

/// <summary>The address of a key in a vault, with or without its version.</summary>
internal sealed record KeyVaultKeyName(string Vault, string Name, string? Version)
{
    public Uri Address => new(ToString());

    /// <summary>Whether this is the same key, and if the other names a version or none does not matter.</summary>
    public bool IsVersionOf(KeyVaultKeyName other) => Version is not null
        && string.Equals(Vault, other.Vault, StringComparison.OrdinalIgnoreCase)
        && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);

    /// <exception cref="FormatException">It is no such address.</exception>
    public static KeyVaultKeyName Parse(string text) => TryParse(text, out var name)
        ? name
        : throw new FormatException("A key in a key vault is https://VAULT/keys/NAME, or with /VERSION.");

    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out KeyVaultKeyName? name)
    {
        name = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttps || uri.Query.Length > 0 || uri.UserInfo.Length > 0)
        {
            return false;
        }

        name = uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["keys", var key] => new KeyVaultKeyName(uri.Authority, key, null),
            ["keys", var key, var version] => new KeyVaultKeyName(uri.Authority, key, version),
            _ => null,
        };
        return name is not null;
    }

    public override string ToString() => Version is null ? $"https://{Vault}/keys/{Name}" : $"https://{Vault}/keys/{Name}/{Version}";
}
