using System.Text.Json;
using System.Text.Json.Serialization;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Contracts;

/// <summary>Nomad's API: names as in the C# types.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(TaskGroup))]
[JsonSerializable(typeof(JobServiceCheck))]
[JsonSerializable(typeof(IReadOnlyList<Job>))]
public sealed partial class NomadJson : JsonSerializerContext
{
    /// <summary>For what clients send: unknown and repeated members are refused.</summary>
    public static NomadJson Strict { get; } = new(StrictJson.Over(new JsonSerializerOptions
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    }));
}

/// <summary>The agents' channel and what the scheduler commits: camelCase.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AssertionClaims))]
[JsonSerializable(typeof(EnrolRequest))]
[JsonSerializable(typeof(EnrolResponse))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenResponse))]
[JsonSerializable(typeof(NodeFingerprint))]
[JsonSerializable(typeof(NodeResponse))]
[JsonSerializable(typeof(NodeAssignment))]
[JsonSerializable(typeof(AllocationReports))]
[JsonSerializable(typeof(UsageReport))]
[JsonSerializable(typeof(SessionRequest))]
[JsonSerializable(typeof(OpenSessions))]
[JsonSerializable(typeof(SessionFrames))]
[JsonSerializable(typeof(SessionFrame))]
[JsonSerializable(typeof(SessionReceipt))]
[JsonSerializable(typeof(ExecTaskConfig))]
[JsonSerializable(typeof(VmTaskConfig))]
[JsonSerializable(typeof(QemuTaskConfig))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, JsonElement>))]
public sealed partial class AgentJson : JsonSerializerContext
{
    /// <summary>For what the platform receives: unknown and repeated members are refused.</summary>
    public static AgentJson Strict { get; } = new(StrictJson.Over(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    }));
}

/// <summary>How we read what a client sends.</summary>
public static class StrictJson
{
    /// <summary>Nesting deeper than any of our documents is an attack.</summary>
    public const int MaxDepth = 32;

    public static JsonSerializerOptions Over(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.AllowDuplicateProperties = false;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.MaxDepth = MaxDepth;
        return options;
    }
}
