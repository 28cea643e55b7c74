using System.Text.Json;
using System.Text.Json.Serialization;

namespace Saas.Discovery.Sync;

/// <summary>The agents' messages: names as in the C# types, or as Consul has them.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(NodeSync))]
[JsonSerializable(typeof(NodeSyncResult))]
[JsonSerializable(typeof(CatalogDelta))]
[JsonSerializable(typeof(QueryAnswer))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
public sealed partial class SyncJson : JsonSerializerContext;
