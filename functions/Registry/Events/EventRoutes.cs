using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Discovery.Wire;
using Saas.Hosting.Modules;
using Saas.Registry.Catalog;
using Saas.Registry.Consul;
using Saas.Registry.State;

namespace Saas.Registry.Events;

/// <summary>
/// Consul's <c>/v1/event</c>. There, agents gossip about events, each keeps what its filters let through, and the index is
/// made of the last event's id. Here all of a domain's are in its log: everybody sees the same ones in the same order,
/// with the filters for the receiver to apply, and the index is the log's.
/// </summary>
internal static class EventRoutes
{
    public static void Map(IRouteTable routes)
    {
        routes.MapChange("PUT", "/v1/event/fire/{**name}", "events:fire", static api => "event/" + api.Named("name"), "Fires an event.", FireAsync)
            .MaxBodyBytes(EventRules.MaxBodyBytes);
        routes.MapQuestion(
            "/v1/event/list", "events:read", static api => "event/" + api.Query("name"), "The last events.",
            static request => new ListQuestion(request.Query("name") ?? ""));
    }

    private static async ValueTask<IResult> FireAsync(ConsulRequest request, CancellationToken ct)
    {
        var body = await request.BodyAsync(ct);
        var fired = new UserEvent
        {
            ID = Guid.NewGuid().ToString(),
            Name = request.Required("name", "Missing name"),
            Payload = body.IsEmpty ? null : body.ToArray(),
            NodeFilter = request.Query("node") ?? "",
            ServiceFilter = request.Query("service") ?? "",
            TagFilter = request.Query("tag") ?? "",
        };
        EventRules.Check(fired);
        await request.ExecuteAsync(draft =>
        {
            draft.Apply(new EventFired(fired));
            return true;
        });
        var answer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(answer, WireJson.Options))
        {
            fired.Write(json);
        }

        return new ConsulResult(StatusCodes.Status200OK, answer.WrittenMemory);
    }

    private sealed class ListQuestion(string name) : Question
    {
        public override string Key { get; } = "events|" + name;

        public override string Topic { get; } = EventTopics.Of(name);

        public override ulong IndexIn(RegistryState state) => state.Events.IndexOf(name);

        public override int Write(RegistryState state, IBufferWriter<byte> body)
        {
            using var json = new Utf8JsonWriter(body, WireJson.Options);
            json.WriteStartArray();
            foreach (var fired in state.Events.Recent)
            {
                if (name.Length == 0 || fired.Name == name)
                {
                    fired.Write(json);
                }
            }

            json.WriteEndArray();
            return Ok;
        }
    }
}
