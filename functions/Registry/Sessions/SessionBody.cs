using System.Globalization;
using System.Text.Json;
using Saas.Discovery;
using Saas.Registry.Consul;
using Saas.Registry.State;

namespace Saas.Registry.Sessions;

/// <summary>What session/create is sent, with what Consul coerces: durations as text, as nanoseconds, or as a few seconds.</summary>
internal static class SessionBody
{
    /// <summary>A lock-delay below it is meant in seconds: nobody means so few nanoseconds.</summary>
    private const double SecondsBelow = 1000;

    /// <param name="id">What the new session is to be called.</param>
    /// <exception cref="RegistryException">400: not such a body; 500: a value that Consul's servers refuse.</exception>
    public static (Session Session, TimeSpan Ttl) Read(ReadOnlyMemory<byte> body, string id)
    {
        var (session, ttl) = (new Session
        {
            ID = id,
            Node = RegistryState.OwnNode,
            LockDelay = SessionLimits.DefaultLockDelay,
            NodeChecks = Session.DefaultChecks,
        }, TimeSpan.Zero);
        if (body.IsEmpty)
        {
            return (session, ttl);
        }

        using var document = Parse(body);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw Refused("expected an object");
        }

        var members = document.RootElement.EnumerateObject().ToList();
        if (members.Exists(m => Is(m, "Checks") || Is(m, "NodeChecks") || Is(m, "ServiceChecks")))
        {
            // Whoever names checks, or none, gets no others.
            session = session with { NodeChecks = null };
        }

        foreach (var member in members)
        {
            (session, ttl) = Taken(session, ttl, member);
        }

        var count = session.CheckIds.Count();
        return count <= SessionLimits.MaxChecks ? (session, ttl) : throw Refused($"expected at most {SessionLimits.MaxChecks} checks; {count} came");
    }

    private static (Session, TimeSpan) Taken(Session session, TimeSpan ttl, JsonProperty member) => member.Name.ToLowerInvariant() switch
    {
        "name" => (session with { Name = Text(member) }, ttl),
        "node" => (session with { Node = Text(member) is { Length: > 0 } node ? node : throw RegistryException.Server("Must provide Node") }, ttl),
        "lockdelay" => (session with { LockDelay = LockDelay(member) }, ttl),
        "behavior" => (session with { DeletesKeys = Deletes(member) }, ttl),
        "ttl" => (session with { TTL = Text(member) }, Ttl(Text(member))),
        "checks" or "nodechecks" => (session with { NodeChecks = [.. (session.NodeChecks ?? []).Concat(Items(member).Select(i => Text(member, i))).Distinct(StringComparer.Ordinal)] }, ttl),
        "servicechecks" => (session with { ServiceChecks = [.. Items(member).Select(i => ServiceCheck(member, i))] }, ttl),
        _ => (session, ttl),
    };

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            throw Refused("not JSON");
        }
    }

    private static TimeSpan LockDelay(JsonProperty member)
    {
        double nanoseconds;
        switch (member.Value.ValueKind)
        {
            case JsonValueKind.Number:
                nanoseconds = member.Value.GetDouble();
                break;
            case JsonValueKind.String when GoDuration.TryParse(member.Value.GetString(), out var duration):
                nanoseconds = duration.TotalNanoseconds;
                break;
            case JsonValueKind.Null:
                return TimeSpan.Zero;
            default:
                throw Refused($"time: invalid duration \"{Shown(member.Value)}\" of {member.Name}");
        }

        var seconds = nanoseconds < SecondsBelow ? nanoseconds : nanoseconds / 1e9;
        return seconds <= 0 ? TimeSpan.Zero
            : seconds >= SessionLimits.MaxLockDelay.TotalSeconds ? SessionLimits.MaxLockDelay : TimeSpan.FromSeconds(seconds);
    }

    private static bool Deletes(JsonProperty member) => Text(member) switch
    {
        "" or "release" => false,
        "delete" => true,
        var other => throw RegistryException.Server($"Invalid Behavior setting '{other}'"),
    };

    private static TimeSpan Ttl(string text)
    {
        if (text.Length == 0)
        {
            return TimeSpan.Zero;
        }

        if (!GoDuration.TryParse(text, out var ttl))
        {
            throw RegistryException.Server($"Session TTL '{text}' invalid: time: invalid duration \"{text}\"");
        }

        return ttl == TimeSpan.Zero || (ttl >= SessionLimits.MinTtl && ttl <= SessionLimits.MaxTtl)
            ? ttl
            : throw RegistryException.Server(string.Create(
                CultureInfo.InvariantCulture,
                $"Invalid Session TTL '{ttl.TotalNanoseconds:0}', must be between [{GoDuration.Format(SessionLimits.MinTtl)}={GoDuration.Format(SessionLimits.MaxTtl)}]"));
    }

    private static SessionServiceCheck ServiceCheck(JsonProperty member, JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object)
        {
            throw Refused($"'{member.Name}' expected objects");
        }

        var id = item.EnumerateObject().FirstOrDefault(m => Is(m, "ID"));
        var space = item.EnumerateObject().FirstOrDefault(m => Is(m, "Namespace"));
        return id.Value.ValueKind == JsonValueKind.String
            ? new SessionServiceCheck(Text(id), space.Value.ValueKind == JsonValueKind.String ? Text(space) : null)
            : throw Refused($"'{member.Name}' expected an ID in each");
    }

    private static List<JsonElement> Items(JsonProperty member) => member.Value.ValueKind switch
    {
        JsonValueKind.Array => [.. member.Value.EnumerateArray()],
        JsonValueKind.Null => [],
        _ => throw Refused($"'{member.Name}' expected an array"),
    };

    private static string Text(JsonProperty member) => Text(member, member.Value);

    private static string Text(JsonProperty member, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String when value.GetString() is { Length: <= SessionLimits.MaxText } text => text,
        JsonValueKind.String => throw Refused($"'{member.Name}' has at most {SessionLimits.MaxText} characters"),
        _ => throw Refused($"'{member.Name}' expected type 'string'"),
    };

    private static bool Is(JsonProperty member, string name) => string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase);

    private static string Shown(JsonElement value) => value.GetRawText() is var text && text.Length <= 64 ? text.Trim('"') : "…";

    private static RegistryException Refused(string reason) => RegistryException.BadRequest("Request decode failed: " + reason);
}
