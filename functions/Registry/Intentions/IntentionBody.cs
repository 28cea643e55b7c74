using System.Text.Json.Serialization;
using Saas.Registry.Consul;

namespace Saas.Registry.Intentions;

/// <summary>An intention as clients send it. What the registry decides itself (precedence, times, indexes) is not read.</summary>
internal sealed record IntentionBody
{
    public string? ID { get; init; }
    public string? Description { get; init; }
    public string? SourcePeer { get; init; }
    public string? SourcePartition { get; init; }
    public string? SourceNS { get; init; }
    public string? SourceName { get; init; }
    public string? DestinationPartition { get; init; }
    public string? DestinationNS { get; init; }
    public string? DestinationName { get; init; }
    public string? SourceType { get; init; }
    public string? Action { get; init; }
    public IReadOnlyList<Permission?>? Permissions { get; init; }
    public IReadOnlyDictionary<string, string?>? Meta { get; init; }

    public Intention ToIntention() => new()
    {
        Description = Description ?? "",
        SourceName = SourceName ?? "",
        DestinationName = DestinationName ?? "",
        Action = Action ?? "",
        Permissions = [.. (Permissions ?? []).Select(p => Upper(p ?? new Permission()))],
        Meta = Meta is { Count: > 0 } meta ? meta.ToDictionary(m => m.Key, m => m.Value ?? "", StringComparer.Ordinal) : null,
    };

    /// <exception cref="RegistryException">It names what only Consul Enterprise has, or peers, or a source that is no service.</exception>
    public void CheckPlaces()
    {
        if (SourcePeer is { Length: > 0 })
        {
            throw RegistryException.Server("SourcePeer field is not supported on this endpoint. Use config entries instead");
        }

        IntentionNames.CheckPartition("destination", DestinationPartition);
        IntentionNames.CheckPartition("source", SourcePartition);
        IntentionNames.CheckNamespace("SourceNS", SourceNS);
        IntentionNames.CheckNamespace("DestinationNS", DestinationNS);
    }

    private static Permission Upper(Permission permission) => permission.HTTP is { Methods: { } methods } http
        ? permission with { HTTP = http with { Methods = [.. methods.Select(m => (m ?? "").ToUpperInvariant())] } }
        : permission;
}

internal sealed record CreatedIntention(string ID);

internal sealed record CheckAnswer(bool Allowed);

[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(IntentionBody))]
[JsonSerializable(typeof(IReadOnlyList<Permission>))]
internal sealed partial class IntentionJson : JsonSerializerContext;

[JsonSerializable(typeof(CreatedIntention))]
[JsonSerializable(typeof(CheckAnswer))]
internal sealed partial class IntentionAnswerJson : JsonSerializerContext;
