using System.Text.Json;

namespace Saas.LocalRegistry.Http;

/// <summary>
/// The members of a JSON object as Consul takes them: <c>ServiceID</c>, <c>serviceid</c> and <c>service_id</c> are one; null
/// is not there; what nobody asked for is refused. Ask for all, then <see cref="RefuseRest"/>.
/// </summary>
internal sealed class BodyFields
{
    private readonly string _type;
    private readonly Dictionary<string, (string Name, JsonElement Value)> _members = new(StringComparer.Ordinal);

    /// <param name="type">What it is to become, for messages.</param>
    /// <exception cref="ApiRefusal">Not an object.</exception>
    public BodyFields(JsonElement json, string type)
    {
        _type = type;
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw ApiRefusal.BadRequest($"Request decode failed: json: cannot unmarshal {Kind(json)} into Go value of type structs.{type}");
        }

        foreach (var member in json.EnumerateObject())
        {
            _members[Normal(member.Name)] = (member.Name, member.Value);
        }
    }

    public string Text(string name) => Take(name) is not { } value ? "" : value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Wrong(name, value, "string");

    public bool Boolean(string name) => Take(name) is { } value && value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, value, "bool"),
    };

    public int Integer(string name) => Take(name) is not { } value ? 0
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw Wrong(name, value, "int");

    /// <summary>A Go duration, or nanoseconds.</summary>
    public TimeSpan Duration(string name)
    {
        if (Take(name) is not { } value)
        {
            return TimeSpan.Zero;
        }

        string? fault;
        var duration = value.ValueKind switch
        {
            JsonValueKind.String => GoDuration.Parse(value.GetString()!, out fault),
            JsonValueKind.Number => GoDuration.OfNanoseconds(value.GetDouble(), out fault),
            _ => throw Wrong(name, value, "time.Duration"),
        };
        return fault is null ? duration : throw ApiRefusal.BadRequest($"Request decode failed: {fault}");
    }

    public IReadOnlyList<string> Texts(string name) => [.. Elements(name).Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : throw Wrong(name, e, "string"))];

    public IReadOnlyDictionary<string, T>? Map<T>(string name, Func<JsonElement, T> read)
    {
        if (Take(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            throw Wrong(name, value, "map");
        }

        var map = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            map[member.Name] = read(member.Value);
        }

        return map;
    }

    public IReadOnlyDictionary<string, string>? TextMap(string name) =>
        Map(name, e => e.ValueKind == JsonValueKind.String ? e.GetString()! : throw Wrong(name, e, "string"));

    public IReadOnlyDictionary<string, IReadOnlyList<string>>? ListMap(string name) => Map<IReadOnlyList<string>>(name, e => e.ValueKind == JsonValueKind.Array
        ? [.. e.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.String ? v.GetString()! : throw Wrong(name, v, "string"))]
        : throw Wrong(name, e, "[]string"));

    public BodyFields? Object(string name, string type) => Take(name) is { } value ? new BodyFields(value, type) : null;

    public IReadOnlyList<BodyFields> Objects(string name, string type) => [.. Elements(name).Select(e => new BodyFields(e, type))];

    /// <summary>As it came.</summary>
    public JsonElement? Raw(string name) => Take(name)?.Clone();

    public void Ignore(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            Take(name);
        }
    }

    /// <exception cref="ApiRefusal">There is one that was not asked for.</exception>
    public void RefuseRest()
    {
        foreach (var (name, _) in _members.Values)
        {
            throw ApiRefusal.BadRequest($"Request decode failed: json: unknown field \"{name}\"");
        }
    }

    private List<JsonElement> Elements(string name) => Take(name) is not { } value ? []
        : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : throw Wrong(name, value, "[]");

    private JsonElement? Take(string name) => _members.Remove(Normal(name), out var member) && member.Value.ValueKind != JsonValueKind.Null ? member.Value : null;

    private ApiRefusal Wrong(string name, JsonElement value, string type) =>
        ApiRefusal.BadRequest($"Request decode failed: json: cannot unmarshal {Kind(value)} into Go struct field {_type}.{name} of type {type}");

    private static string Normal(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True or JsonValueKind.False => "bool",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}
