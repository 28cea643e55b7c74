using System.Text.Json;
using Saas.Discovery.Filter;

namespace Saas.Registry.Intentions;

/// <summary>Intentions as Consul shows them, and filters them.</summary>
internal static class IntentionWire
{
    public static readonly IFilterFields<Intention> Fields = new FilterFields<Intention>()
        .Text("ID", static i => i.ID)
        .Text("Description", static i => i.Description)
        .Text("SourceNS", static _ => Namespace)
        .Text("SourceName", static i => i.SourceName)
        .Text("DestinationNS", static _ => Namespace)
        .Text("DestinationName", static i => i.DestinationName)
        .Text("SourceType", static _ => SourceType)
        .Text("Action", static i => i.Action)
        .Map("Meta", static i => i.Meta)
        .Number("Precedence", static i => i.Precedence);

    private const string Namespace = "default";
    private const string SourceType = "consul";

    public static void WriteAll(Utf8JsonWriter json, IEnumerable<Intention> intentions)
    {
        json.WriteStartArray();
        foreach (var intention in intentions)
        {
            Write(json, intention);
        }

        json.WriteEndArray();
    }

    /// <summary>Without the members that are empty where the intention was made by name.</summary>
    public static void Write(Utf8JsonWriter json, Intention intention)
    {
        json.WriteStartObject();
        if (intention.ID.Length > 0)
        {
            json.WriteString("ID", intention.ID);
        }

        json.WriteString("Description", intention.Description);
        json.WriteString("SourceNS", Namespace);
        json.WriteString("SourceName", intention.SourceName);
        json.WriteString("DestinationNS", Namespace);
        json.WriteString("DestinationName", intention.DestinationName);
        json.WriteString("SourceType", SourceType);
        if (intention.Action.Length > 0)
        {
            json.WriteString("Action", intention.Action);
        }

        if (intention.Permissions.Count > 0)
        {
            json.WritePropertyName("Permissions");
            JsonSerializer.Serialize(json, intention.Permissions, IntentionJson.Default.IReadOnlyListPermission);
        }

        json.WriteStartObject("Meta");
        foreach (var (key, value) in (intention.Meta ?? new Dictionary<string, string>()).OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
        json.WriteNumber("Precedence", intention.Precedence);
        if (intention is { CreatedAt: { } created, UpdatedAt: { } updated })
        {
            json.WriteString("CreatedAt", created.UtcDateTime);
            json.WriteString("UpdatedAt", updated.UtcDateTime);
        }

        json.WriteNumber("CreateIndex", intention.CreateIndex);
        json.WriteNumber("ModifyIndex", intention.ModifyIndex);
        json.WriteEndObject();
    }
}
