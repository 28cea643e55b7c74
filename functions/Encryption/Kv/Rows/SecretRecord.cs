using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Saas.Encryption.Kv.Rows;

/// <summary>All that is known of a secret but its values: one row.</summary>
internal sealed record SecretRecord
{
    /// <summary>Names the rows of its versions; a secret removed and written again has another.</summary>
    public required string Id { get; init; }

    public required string Path { get; init; }

    /// <summary>Another at every write, so that a writer whose answer was lost sees that it was its own.</summary>
    public string Stamp { get; init; } = "";

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last version was added.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The number of the last version; 0 before there is one.</summary>
    public int Current { get; init; }

    /// <summary>Vault's count: 0 until as many versions were written as are kept.</summary>
    public int Oldest { get; init; }

    /// <summary>0: as the mount has it.</summary>
    public int MaxVersions { get; init; }

    public bool CasRequired { get; init; }

    /// <summary>Seconds; 0: as the mount has it.</summary>
    public long DeleteAfter { get; init; }

    public SortedDictionary<string, string>? CustomMetadata { get; init; }

    public Attribution? UpdatedBy { get; init; }

    /// <summary>By number, ascending. A version that is not destroyed has a row of its own, always.</summary>
    public IReadOnlyList<VersionRecord> Versions { get; init; } = [];

    /// <summary>One that is not in the store yet.</summary>
    public static SecretRecord New(KvPath path, DateTimeOffset now) => new()
    {
        Id = RandomNumberGenerator.GetHexString(32, lowercase: true),
        Path = path.Text,
        CreatedAt = now,
        UpdatedAt = now,
    };

    public VersionRecord? Find(int number)
    {
        // The last one is what is nearly always asked for.
        for (var i = Versions.Count - 1; i >= 0; i--)
        {
            if (Versions[i].Number == number)
            {
                return Versions[i];
            }
        }

        return null;
    }
}

internal sealed record VersionRecord(int Number, DateTimeOffset CreatedAt)
{
    /// <summary>From then on it is deleted, and can be undeleted; may be in the future.</summary>
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>Its value is gone for ever.</summary>
    public bool IsDestroyed { get; init; }

    public Attribution? CreatedBy { get; init; }

    public Attribution? DeletedBy { get; init; }

    public bool IsDeleted(DateTimeOffset now) => DeletedAt <= now;
}

/// <summary>Who did something, as Vault tells it.</summary>
/// <param name="Operation"><c>create</c>, <c>update</c>, <c>patch</c>, <c>delete</c> or <c>undelete</c>.</param>
/// <param name="Id">The caller's: Vault's <c>entity_id</c> and <c>client_id</c>.</param>
internal sealed record Attribution(string Actor, string Operation, string Id);

/// <summary>What a mount's configuration says of all its secrets.</summary>
internal sealed record KvConfig
{
    public static readonly KvConfig Default = new();

    /// <summary><see cref="DeleteAfter"/>: no version is deleted by its age, whatever a secret says.</summary>
    public const long Never = -1;

    /// <summary>0: <see cref="KvLimits.DefaultMaxVersions"/>.</summary>
    public int MaxVersions { get; init; }

    public bool CasRequired { get; init; }

    /// <summary>Seconds; 0: not by the mount.</summary>
    public long DeleteAfter { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(SecretRecord))]
[JsonSerializable(typeof(KvConfig))]
internal sealed partial class KvJson : JsonSerializerContext;
