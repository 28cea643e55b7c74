using System.Text.Json.Serialization;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Encryption.Wrapping;

/// <summary>An answer put aside for whoever holds its token.</summary>
internal sealed record WrappedAnswer
{
    /// <summary>SHA-256 of the token: all that is stored of it.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The whole answer, sealed for this row.</summary>
    public required byte[] Sealed { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required TimeSpan Ttl { get; init; }

    /// <summary>What was asked: <c>secret/data/db</c>.</summary>
    public required string CreationPath { get; init; }

    /// <summary>Of the token that is inside, where one is.</summary>
    public string? WrappedAccessor { get; init; }

    [JsonIgnore]
    public DateTimeOffset ExpiresAt => CreatedAt + Ttl;
}

internal static class WrappingRows
{
    public const string Table = "wrappings";

    /// <summary>The row is the accessor.</summary>
    public static TablePartition WrappingsOf(this TenantScope tenant) => tenant.Partition(Table);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WrappedAnswer))]
internal sealed partial class WrappingJson : JsonSerializerContext;
