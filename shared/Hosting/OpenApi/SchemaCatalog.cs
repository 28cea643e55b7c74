using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Saas.Hosting.OpenApi;

/// <summary>The schemas of a document, each once, by a name made from its type.</summary>
internal sealed class SchemaCatalog
{
    private readonly SortedDictionary<string, JsonTypeInfo> _types = new(StringComparer.Ordinal);

    public JsonObject Reference(JsonTypeInfo type)
    {
        var name = NameOf(type.Type);
        while (_types.TryGetValue(name, out var known) && known.Type != type.Type)
        {
            name += "_";
        }

        _types[name] = type;
        return new JsonObject { ["$ref"] = "#/components/schemas/" + name };
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        foreach (var (name, type) in _types)
        {
            json[name] = Rebase(JsonSchemaExporter.GetJsonSchemaAsNode(type), "#/components/schemas/" + name);
        }

        return json;
    }

    /// <summary>The exporter's references begin at the schema itself; in the document it is a component.</summary>
    private static JsonNode Rebase(JsonNode schema, string root)
    {
        switch (schema)
        {
            case JsonObject node:
                foreach (var (name, value) in node.ToList())
                {
                    if (name == "$ref" && value is JsonValue reference && reference.GetValueKind() == JsonValueKind.String)
                    {
                        node[name] = root + reference.GetValue<string>()[1..];
                    }
                    else if (value is not null)
                    {
                        Rebase(value, root);
                    }
                }

                break;
            case JsonArray list:
                foreach (var item in list.OfType<JsonNode>())
                {
                    Rebase(item, root);
                }

                break;
        }

        return schema;
    }

    /// <summary><c>SignUp.SignUpRequest</c> is <c>SignUpRequest</c>; <c>IReadOnlyList&lt;Job&gt;</c> is <c>JobList</c>.</summary>
    private static string NameOf(Type type)
    {
        if (type.IsArray)
        {
            return NameOf(type.GetElementType()!) + "List";
        }

        var arguments = type.GetGenericArguments();
        if (arguments.Length == 0)
        {
            return type.Name;
        }

        var kind = arguments.Length == 1 ? "List" : "Map";
        return NameOf(arguments[^1]) + (type.Namespace?.StartsWith("System", StringComparison.Ordinal) == true ? kind : type.Name.Split('`')[0]);
    }
}
