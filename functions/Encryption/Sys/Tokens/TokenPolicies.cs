using Saas.Identity.Access;
using Saas.Identity.Keys;
using Saas.Storage.Tables;

namespace Saas.Encryption.Sys.Tokens;

/// <summary>
/// Policies by the names Vault's clients know: what every token may ask about itself is <c>default</c>, and <c>root</c>,
/// where a client asks for it, is our owner.
/// </summary>
internal static class TokenPolicies
{
    private const string Default = "default";
    private const string Root = "root";

    public static IReadOnlyList<string> NamesOf(IEnumerable<AccessPolicy> policies) =>
        [.. policies.Select(p => p == BuiltInPolicies.Self ? Default : p.Name).Append(Default).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Of a key that is not the caller's.</summary>
    public static async Task<IReadOnlyList<string>> NamesOfAsync(TablePartition rows, ApiKeyRecord key, CancellationToken ct) =>
        NamesOf(await KeyGrants.OfAsync(rows, key, ct) ?? []);

    /// <summary>As our side names them; null where the client asked for none in particular.</summary>
    public static IReadOnlyList<string>? Asked(IReadOnlyList<string>? names) => names is null or []
        ? null
        : [.. names.Select(name => name.Trim().ToLowerInvariant()).Select(name => name switch
        {
            Default => BuiltInPolicies.Self.Name,
            Root => BuiltInPolicies.Owner,
            _ => name,
        })];
}
