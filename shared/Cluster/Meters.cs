using System.Collections.Frozen;

namespace Saas.Cluster;

/// <summary>The meters and their base units, chosen so that quantities are exact integers.</summary>
public static class Meters
{
    /// <summary>Thousandths of a vCPU times milliseconds; 1,000,000 are a vCPU-second.</summary>
    public const string Vcpu = "vcpu";

    /// <summary>MiB times milliseconds; 1,024,000 are a GiB-second.</summary>
    public const string Memory = "memory";

    /// <summary>Authenticated API calls.</summary>
    public const string ApiCalls = "apicalls";

    /// <summary>Requests for random bytes.</summary>
    public const string TransitRandom = TransitPrefix + "random";

    /// <summary>Inputs hashed.</summary>
    public const string TransitHash = TransitPrefix + "hash";

    /// <summary>Secrets, their metadata and listings read.</summary>
    public const string KvRead = KvPrefix + "read";

    /// <summary>Secrets and their metadata written, deleted, undeleted and destroyed.</summary>
    public const string KvWrite = KvPrefix + "write";

    /// <summary>What all meters of the transit engine begin with.</summary>
    public const string TransitPrefix = "transit:";

    /// <summary>What all meters of the KV engine begin with.</summary>
    public const string KvPrefix = "kv:";

    /// <summary>The types of transit keys whose use is metered, by Vault's names.</summary>
    public static readonly IReadOnlyList<string> TransitKeyTypes =
    [
        "aes128-gcm96", "aes256-gcm96", "chacha20-poly1305", "ed25519", "ecdsa-p256", "ecdsa-p384", "ecdsa-p521",
        "rsa-2048", "rsa-3072", "rsa-4096", "hmac",
    ];

    private static readonly FrozenDictionary<string, string> ByKeyType =
        TransitKeyTypes.ToFrozenDictionary(type => type, type => TransitPrefix + type);

    /// <summary>
    /// Operations with a transit key of that type (<c>aes256-gcm96</c>): one for each item that was encrypted,
    /// decrypted, rewrapped, signed, verified or hashed with it, and for each data key. Allocates nothing.
    /// </summary>
    /// <exception cref="KeyNotFoundException">Not one of <see cref="TransitKeyTypes"/>.</exception>
    public static string Transit(string keyType) => ByKeyType[keyType];
}
