using System.Text.Json.Serialization;

namespace Saas.Encryption.Sys;

/// <summary>The bodies Vault writes without its envelope.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Health.HealthBody))]
[JsonSerializable(typeof(Status.SealStatusBody))]
[JsonSerializable(typeof(Status.LeaderBody))]
[JsonSerializable(typeof(Status.InitBody))]
internal sealed partial class SysJson : JsonSerializerContext;
