using System.Text.Json;
using Saas.Discovery;
using Saas.Registry.Consul;

namespace Saas.Registry.Catalog;

/// <summary>How a check is run, by whoever runs it: kept, and shown as Consul shows it, without what says nothing.</summary>
internal static class CheckDefinitions
{
    private const int MaxBytes = 16 * 1024;

    private static readonly HashSet<string> Durations = new(StringComparer.OrdinalIgnoreCase)
    {
        "Interval", "Timeout", "DeregisterCriticalServiceAfter", "TTL",
    };

    /// <summary>Without empty members; durations, which may come as nanoseconds, as texts. Null where nothing is left.</summary>
    public static JsonElement? Normal(JsonElement? definition)
    {
        if (definition is not { ValueKind: JsonValueKind.Object } given)
        {
            return definition is null or { ValueKind: JsonValueKind.Null }
                ? null
                : throw RegistryException.BadRequest("Request decode failed: at $.Checks.Definition: expected an object");
        }

        using var bytes = new MemoryStream();
        var isEmpty = true;
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach (var member in given.EnumerateObject().Where(static m => !SaysNothing(m.Value)))
            {
                isEmpty = false;
                json.WritePropertyName(member.Name);
                if (Durations.Contains(member.Name))
                {
                    json.WriteStringValue(DurationOf(member));
                }
                else
                {
                    member.Value.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        if (bytes.Length > MaxBytes)
        {
            throw RegistryException.BadRequest($"Check definition: expected at most {MaxBytes} bytes");
        }

        return isEmpty ? null : JsonElement.Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }

    /// <summary>What a check that does not say it is by its definition; empty: nothing that is known.</summary>
    public static string TypeOf(JsonElement? definition)
    {
        if (definition is not { } given)
        {
            return "";
        }

        var isPeriodic = Has(given, "Interval");
        return isPeriodic && Has(given, "GRPC") ? "grpc"
            : isPeriodic && Has(given, "HTTP") ? "http"
            : Has(given, "TTL") ? "ttl"
            : isPeriodic && Has(given, "TCP") ? "tcp"
            : isPeriodic && Has(given, "UDP") ? "udp"
            : Has(given, "AliasNode") || Has(given, "AliasService") ? "alias"
            : isPeriodic && Has(given, "DockerContainerID") ? "docker"
            : isPeriodic && Has(given, "ScriptArgs") ? "script"
            : isPeriodic && Has(given, "H2PING") ? "h2ping"
            : isPeriodic && Has(given, "OSService") ? "os_service"
            : "";
    }

    private static bool Has(JsonElement definition, string name) =>
        definition.EnumerateObject().Any(member => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static bool SaysNothing(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.String => value.ValueEquals("") || value.ValueEquals("0s"),
        JsonValueKind.Number => value.TryGetDouble(out var number) && number == 0,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    private static string DurationOf(JsonProperty member)
    {
        if (member.Value.ValueKind == JsonValueKind.Number)
        {
            return GoDuration.Format(TimeSpan.FromTicks((long)(member.Value.GetDouble() / 100)));
        }

        return member.Value.ValueKind == JsonValueKind.String && GoDuration.TryParse(member.Value.GetString()!, out var duration)
            ? GoDuration.Format(duration)
            : throw RegistryException.BadRequest($"Request decode failed: time: invalid duration in {member.Name}");
    }
}
