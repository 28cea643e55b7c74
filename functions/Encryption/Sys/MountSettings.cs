using System.Text;
using System.Text.Json;
using Saas.Encryption.Mounts;
using Saas.Encryption.Vault;

namespace Saas.Encryption.Sys;

/// <summary>
/// What a mount can be given when it is enabled (under <c>config</c>) and later (by tuning it). Leases are kept because
/// clients set and read them; nothing here has one.
/// </summary>
internal sealed class MountSettings : IDisposable
{
    private static readonly string[] Known = ["default_lease_ttl", "max_lease_ttl", "listing_visibility", "force_no_cache"];

    private readonly VaultFields _fields;

    private MountSettings(VaultFields fields) => _fields = fields;

    /// <summary>Those in <c>config</c>; what we do not have of Vault's is ignored with a warning.</summary>
    public static MountSettings Of(VaultRequest request, VaultFields fields)
    {
        if (fields.Find("config") is not { } config)
        {
            return new MountSettings(VaultFields.Parse(default));
        }

        if (config.ValueKind != JsonValueKind.Object)
        {
            throw VaultException.BadRequest("unable to convert given mount config information");
        }

        var parsed = VaultFields.Parse(Encoding.UTF8.GetBytes(config.GetRawText()));
        var ignored = parsed.Names.Except(Known).Order(StringComparer.Ordinal).ToList();
        if (ignored.Count > 0)
        {
            request.Warn($"Endpoint ignored these unrecognized parameters of config: [{string.Join(' ', ignored)}]");
        }

        return new MountSettings(parsed);
    }

    /// <summary>Those of a tuning: in the body itself.</summary>
    public static MountSettings OfTuning(VaultFields fields) => new(fields);

    /// <exception cref="VaultException">400: a value that cannot be.</exception>
    public MountRecord Apply(MountRecord mount)
    {
        var changed = mount with
        {
            DefaultLeaseTtl = Ttl("default_lease_ttl") ?? mount.DefaultLeaseTtl,
            MaxLeaseTtl = Ttl("max_lease_ttl") ?? mount.MaxLeaseTtl,
            ListingVisibility = _fields.String("listing_visibility") ?? mount.ListingVisibility,
        };
        if (changed.MaxLeaseTtl != 0 && changed.DefaultLeaseTtl > changed.MaxLeaseTtl)
        {
            throw VaultException.BadRequest("given default lease TTL greater than given max lease TTL");
        }

        return changed.ListingVisibility is "" or "unauth" or "hidden"
            ? changed
            : throw VaultException.BadRequest($"invalid listing_visibility {changed.ListingVisibility}");
    }

    public void Dispose() => _fields.Dispose();

    /// <summary>Seconds; <c>system</c> and nothing are the default again.</summary>
    private long? Ttl(string name)
    {
        if (_fields.Find(name) is { ValueKind: JsonValueKind.String } text && text.ValueEquals("system"))
        {
            return 0;
        }

        return _fields.Duration(name) is not { } ttl ? null
            : ttl >= TimeSpan.Zero ? (long)ttl.TotalSeconds
            : throw VaultException.BadRequest($"{name} must not be negative");
    }
}
