using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Discovery.Wire;
using Saas.Hosting.Modules;
using Saas.Registry.Catalog;
using Saas.Registry.Consul;
using Saas.Registry.State;

namespace Saas.Registry.Agent;

/// <summary>
/// Who answers: /v1/agent/self, /v1/agent/members and /v1/status. Clients read of it in which datacenter they are, and
/// whether there is a leader. It answers as a single server would; services are registered with the agents on premises, or
/// with the catalog.
/// </summary>
internal static class SelfRoutes
{
    /// <summary>Of the API that is answered, for clients that ask what they may use.</summary>
    public const string Version = "1.21.5";

    private const string Address = "127.0.0.1";
    private const int SerfPort = 8301;
    private const int ServerPort = 8300;

    /// <summary>How serf numbers a member that is alive.</summary>
    private const int Alive = 1;

    private static readonly ConsulResult Leader = new(StatusCodes.Status200OK, JsonOf(static (json, _) => json.WriteStringValue(ServerAddress), ""));

    private static readonly ConsulResult Peers = new(StatusCodes.Status200OK, JsonOf(
        static (json, _) =>
        {
            json.WriteStartArray();
            json.WriteStringValue(ServerAddress);
            json.WriteEndArray();
        },
        ""));

    private static string ServerAddress => $"{Address}:{ServerPort}";

    public static void Map(IRouteTable routes)
    {
        MapSelf(routes, "/v1/agent/self", "The registry as an agent.", WriteSelf);
        MapSelf(routes, "/v1/agent/members", "The members of the registry's cluster: itself.", static (json, datacenter) =>
        {
            json.WriteStartArray();
            WriteMember(json, datacenter);
            json.WriteEndArray();
        });
        MapStatus(routes, "/v1/status/leader", "The address of the leader.", Leader);
        MapStatus(routes, "/v1/status/peers", "The addresses of the servers.", Peers);
    }

    private static void MapSelf(IRouteTable routes, string path, string summary, Action<Utf8JsonWriter, string> write) => routes.MapConsul(
        "GET",
        path,
        CatalogRoutes.Read,
        static _ => "node/" + RegistryState.OwnNode,
        summary,
        (request, _) => ValueTask.FromResult<IResult>(new ConsulResult(StatusCodes.Status200OK, JsonOf(write, request.Domain.Datacenter))));

    private static void MapStatus(IRouteTable routes, string path, string summary, ConsulResult result) => routes
        .Map("GET", path, RouteAccess.Public("Says nothing of anybody: as in Consul, probes ask it without a token."), (_, _) => Task.FromResult<IResult>(result))
        .Summary(summary)
        .CalledByFleets()
        .Produces(StatusCodes.Status200OK);

    private static void WriteSelf(Utf8JsonWriter json, string datacenter)
    {
        json.WriteStartObject();
        json.WriteStartObject("Config");
        json.WriteString("Datacenter", datacenter);
        json.WriteString("PrimaryDatacenter", datacenter);
        json.WriteString("NodeName", RegistryState.OwnNode);
        json.WriteString("NodeID", "");
        json.WriteString("Revision", "");
        json.WriteBoolean("Server", true);
        json.WriteString("Version", Version);
        json.WriteEndObject();
        json.WriteStartObject("DebugConfig");
        json.WriteEndObject();
        WriteCoordinate(json);
        json.WritePropertyName("Member");
        WriteMember(json, datacenter);
        json.WriteStartObject("Stats");
        json.WriteEndObject();
        json.WriteStartObject("Meta");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>The origin, as of an agent that has measured nothing: its server is not where the nodes are.</summary>
    private static void WriteCoordinate(Utf8JsonWriter json)
    {
        const int Dimensions = 8;
        json.WriteStartObject("Coord");
        json.WriteStartArray("Vec");
        for (var i = 0; i < Dimensions; i++)
        {
            json.WriteNumberValue(0);
        }

        json.WriteEndArray();
        json.WriteNumber("Error", 1.5);
        json.WriteNumber("Adjustment", 0);
        json.WriteNumber("Height", 1e-5);
        json.WriteEndObject();
    }

    private static void WriteMember(Utf8JsonWriter json, string datacenter)
    {
        json.WriteStartObject();
        json.WriteString("Name", RegistryState.OwnNode);
        json.WriteString("Addr", Address);
        json.WriteNumber("Port", SerfPort);
        json.WriteStartObject("Tags");
        json.WriteString("acls", "1");
        json.WriteString("build", Version + ":");
        json.WriteString("dc", datacenter);
        json.WriteString("port", ServerPort.ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.WriteString("role", "consul");
        json.WriteEndObject();
        json.WriteNumber("Status", Alive);
        json.WriteNumber("ProtocolMin", 1);
        json.WriteNumber("ProtocolMax", 5);
        json.WriteNumber("ProtocolCur", 2);
        json.WriteNumber("DelegateMin", 2);
        json.WriteNumber("DelegateMax", 5);
        json.WriteNumber("DelegateCur", 4);
        json.WriteEndObject();
    }

    private static ReadOnlyMemory<byte> JsonOf(Action<Utf8JsonWriter, string> write, string datacenter)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, WireJson.Options))
        {
            write(json, datacenter);
        }

        return bytes.WrittenMemory;
    }
}
