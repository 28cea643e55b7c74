using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Usage;

namespace Saas.EdgeAgent.State;

/// <summary>One JSON document that is always whole on disk.</summary>
internal sealed class StateFile<T>(string path, JsonTypeInfo<T> type)
    where T : class
{
    /// <summary>Null if it was never written.</summary>
    /// <exception cref="JsonException">Not a document of ours: somebody edited it. Better not to start than to guess.</exception>
    public T? Read() => File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), type) : null;

    public void Write(T value) => AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(value, type));
}

/// <summary>Who this agent is, once enrolled.</summary>
internal sealed record NodeIdentity(string TenantId, string SiteId, string NodeId);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(NodeIdentity))]
[JsonSerializable(typeof(NodeAssignment))]
[JsonSerializable(typeof(AllocationRecord))]
[JsonSerializable(typeof(UsageState))]
internal sealed partial class StateJson : JsonSerializerContext;
