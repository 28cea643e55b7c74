using Saas.Encryption.Kv.Rows;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Kv.Metadata;

/// <summary>The parameters that set how a secret is kept; null where one was not given.</summary>
internal sealed record SecretSettings(int? MaxVersions, bool? CasRequired, long? DeleteAfter, IReadOnlyDictionary<string, string?>? CustomMetadata)
{
    public bool IsEmpty => this is { MaxVersions: null, CasRequired: null, DeleteAfter: null, CustomMetadata: null };

    /// <summary>A null is zero, false or no text, but for the duration, where it is as not given.</summary>
    /// <exception cref="VaultException">400: see the parameters.</exception>
    public static SecretSettings Given(VaultRequest request, bool isPatch)
    {
        var fields = request.Fields("max_versions", "cas_required", "delete_version_after", "custom_metadata", "exclude_deleted");
        var names = fields.Names.ToHashSet();
        IReadOnlyDictionary<string, string?>? custom = null;
        if (names.Contains("custom_metadata"))
        {
            custom = fields.Find("custom_metadata") is { } given
                ? Metadata.CustomMetadata.Given(given, isPatch)
                : new Dictionary<string, string?>();
        }

        var isCustomRemoved = isPatch && custom is not null && !fields.Has("custom_metadata");
        return new SecretSettings(
            names.Contains("max_versions") ? MaxVersionsOf(fields) : null,
            names.Contains("cas_required") ? fields.Bool("cas_required", otherwise: false) : null,
            DeleteAfterOf(fields),
            custom)
        {
            IsCustomRemoved = isCustomRemoved,
        };
    }

    /// <summary>Whether a patch takes all custom metadata away.</summary>
    private bool IsCustomRemoved { get; init; }

    /// <exception cref="VaultException">400: out of range.</exception>
    public static int MaxVersionsOf(VaultFields fields)
    {
        var number = fields.Int("max_versions", otherwise: 0);
        return number is >= 0 and <= KvLimits.MaxVersions
            ? number
            : throw VaultException.BadRequest($"invalid max_versions: expected 0 to {KvLimits.MaxVersions}");
    }

    public SecretRecord Set(SecretRecord secret) => Apply(secret, CustomMetadata is null ? secret.CustomMetadata : Patched(null));

    /// <exception cref="VaultException">400: more custom metadata than a secret may have.</exception>
    public SecretRecord Patch(SecretRecord secret) => Apply(
        secret,
        CustomMetadata is null ? secret.CustomMetadata : Patched(IsCustomRemoved ? null : secret.CustomMetadata));

    private SecretRecord Apply(SecretRecord secret, SortedDictionary<string, string>? custom) => secret with
    {
        MaxVersions = MaxVersions ?? secret.MaxVersions,
        CasRequired = CasRequired ?? secret.CasRequired,
        DeleteAfter = DeleteAfter ?? secret.DeleteAfter,
        CustomMetadata = custom,
    };

    private SortedDictionary<string, string>? Patched(SortedDictionary<string, string>? texts)
    {
        var result = texts is null
            ? new SortedDictionary<string, string>(StringComparer.Ordinal)
            : new SortedDictionary<string, string>(texts, StringComparer.Ordinal);
        foreach (var (name, value) in CustomMetadata!)
        {
            if (value is null)
            {
                result.Remove(name);
            }
            else
            {
                result[name] = value;
            }
        }

        return result.Count switch
        {
            0 => null,
            <= Metadata.CustomMetadata.MaxCount => result,
            _ => throw VaultException.BadRequest(
                $"custom_metadata validation failed: at most {Metadata.CustomMetadata.MaxCount} keys, this would be {result.Count}"),
        };
    }

    private static long? DeleteAfterOf(VaultFields fields) => fields.Duration("delete_version_after") switch
    {
        null => null,
        { Ticks: < 0 } => throw VaultException.BadRequest(
            "Field validation failed: error converting input for field \"delete_version_after\": cannot provide negative value"),
        { } given => (long)given.TotalSeconds,
    };
}
