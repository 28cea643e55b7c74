using System.Text.Json.Serialization;
using Saas.Registry.Log;

namespace Saas.Registry.State;

/// <summary>What stands in the store: the log's entries and snapshots.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, UseStringEnumConverter = true)]
[JsonSerializable(typeof(LogEntry))]
[JsonSerializable(typeof(RegistrySnapshot))]
[JsonSerializable(typeof(LogHead))]
[JsonSerializable(typeof(SnapshotPointer))]
internal sealed partial class StateJson : JsonSerializerContext;
