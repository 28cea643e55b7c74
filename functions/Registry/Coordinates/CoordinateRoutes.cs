using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;
using Saas.Registry.Domains;
using Saas.Registry.State;

namespace Saas.Registry.Coordinates;

/// <summary>
/// Consul's <c>/v1/coordinate</c>. Nodes' coordinates come from the round trips that agents report. All datacenters are
/// served from one place, so the servers' coordinates are one point: the answer of <c>datacenters</c> names for each the
/// registry's own node, at the origin.
/// </summary>
internal static class CoordinateRoutes
{
    private const string Read = "coordinates:read";

    /// <summary>More than any coordinate has.</summary>
    private const int MaxBodyBytes = 16 * 1024;

    public static void Map(IRouteTable routes)
    {
        routes.MapQuestion("/v1/coordinate/nodes", Read, static _ => "node/", "Coordinates of all nodes.", static request => new NodesQuestion(Segment(request)));
        routes.MapQuestion(
            "/v1/coordinate/node/{node}", Read, static api => "node/" + api.Route("node"), "A node's coordinate.",
            static request => new NodeQuestion(request.Route("node"), Segment(request)));
        routes.MapConsul("GET", "/v1/coordinate/datacenters", Read, static _ => "node/", "The servers' coordinates, by datacenter.", DatacentersAsync);
        routes.MapChange("PUT", "/v1/coordinate/update", "coordinates:write", static _ => "node/", "Sets a node's coordinate.", UpdateAsync)
            .MaxBodyBytes(MaxBodyBytes);
    }

    private static async ValueTask<IResult> UpdateAsync(ConsulRequest request, CancellationToken ct)
    {
        var update = await request.ReadJsonAsync(CoordinateJson.Default.CoordinateUpdate, ct);
        if (update.Segment is { Length: > 0 })
        {
            throw RegistryException.BadRequest("Segment: expected none: there are no network segments");
        }

        var body = update.Coord ?? throw RegistryException.BadRequest("Request decode failed: Coord is missing");
        var coordinate = new Coordinate(body.Vec ?? [], body.Error, body.Adjustment, body.Height);
        if (!coordinate.IsFinite)
        {
            throw RegistryException.Server("invalid coordinate");
        }

        if (coordinate.Vec.Count != Vivaldi.Dimensions)
        {
            throw RegistryException.Server("incompatible coordinate");
        }

        await request.ExecuteAsync(draft =>
        {
            CoordinateCommands.Set(draft, update.Node ?? "", coordinate);
            return true;
        });
        return TypedResults.Ok();
    }

    private static async ValueTask<IResult> DatacentersAsync(ConsulRequest request, CancellationToken ct)
    {
        var body = new ArrayBufferWriter<byte>();
        var all = await request.Service<Datacenters>().OfAsync(request.Tenant, ct);
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartArray();
            foreach (var datacenter in all)
            {
                writer.WriteStartObject();
                writer.WriteString("Datacenter", datacenter.Name);
                writer.WriteString("AreaID", "WAN");
                writer.WriteStartArray("Coordinates");
                CoordinateJson.Write(writer, RegistryState.OwnNode, Coordinate.Origin);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        return new ConsulResult(StatusCodes.Status200OK, body.WrittenMemory);
    }

    /// <summary>Null: not asked for. There is but the one without a name.</summary>
    private static string? Segment(ConsulRequest request) => request.Query("segment");

    private sealed class NodesQuestion(string? segment) : Question
    {
        public override string Key { get; } = $"coordinates|{segment is null or ""}";

        public override string Topic => CoordinateTopics.All;

        public override ulong IndexIn(RegistryState state) => state.Coordinates.Index;

        public override int Write(RegistryState state, IBufferWriter<byte> body)
        {
            using var writer = new Utf8JsonWriter(body);
            writer.WriteStartArray();
            foreach (var (node, found) in state.Coordinates.ByNode)
            {
                if (segment is null or "")
                {
                    CoordinateJson.Write(writer, node, found.Coord);
                }
            }

            writer.WriteEndArray();
            return Ok;
        }
    }

    private sealed class NodeQuestion(string node, string? segment) : Question
    {
        public override string Key { get; } = $"coordinate|{segment is null or ""}|{node.ToLowerInvariant()}";

        public override string Topic { get; } = CoordinateTopics.Of(node);

        public override ulong IndexIn(RegistryState state) => state.Coordinates.IndexOf(node);

        public override int Write(RegistryState state, IBufferWriter<byte> body)
        {
            if (state.Coordinates.ByNode.GetValueOrDefault(node) is not { } found || segment is not (null or ""))
            {
                return StatusCodes.Status404NotFound;
            }

            using var writer = new Utf8JsonWriter(body);
            writer.WriteStartArray();
            CoordinateJson.Write(writer, found.Node, found.Coord);
            writer.WriteEndArray();
            return Ok;
        }
    }
}
