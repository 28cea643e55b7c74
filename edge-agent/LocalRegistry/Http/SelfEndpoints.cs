using System.Text.Json;
using Saas.Discovery.Catalog;
using Saas.Discovery.Model;

namespace Saas.LocalRegistry.Http;

/// <summary>What the agent says of itself and of the others: <c>self</c>, <c>members</c>, <c>version</c>, and what it does not do.</summary>
internal sealed class SelfEndpoints(LocalRegistryHost registry)
{
    /// <summary>Whose API this is; clients compare it with what they need.</summary>
    private const string ConsulVersion = "1.20.0";

    private const int SerfPort = 8301;
    private const int Alive = 1;
    private const int Failed = 4;

    public Task SelfAsync(ApiCall call, CancellationToken ct) => call.AnswerAsync(
        json =>
        {
            var options = registry.Options;
            var datacenter = registry.Views.LocalDatacenter;
            json.WriteStartObject();
            json.WriteStartObject("Config");
            json.WriteString("Datacenter", datacenter);
            json.WriteString("PrimaryDatacenter", datacenter);
            json.WriteString("NodeName", options.NodeName);
            json.WriteString("NodeID", options.NodeId);
            json.WriteString("Revision", "");
            json.WriteBoolean("Server", false);
            json.WriteString("Version", ConsulVersion);
            json.WriteEndObject();
            json.WriteNull("Coord");
            json.WritePropertyName("Member");
            WriteMember(json, options.NodeName, options.NodeId, options.Address.ToString(), datacenter, Alive);
            json.WriteStartObject("Stats");
            json.WriteStartObject("agent");
            json.WriteString("checks", registry.Store.Current.Projects.Values.Sum(p => p.Checks.Count).ToString());
            json.WriteString("services", registry.Store.Current.Projects.Values.Sum(p => p.Services.Count).ToString());
            json.WriteEndObject();
            json.WriteStartObject("consul");
            json.WriteString("server", "false");
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteStartObject("Meta");
            foreach (var (key, value) in options.NodeMeta)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        },
        ct);

    /// <summary>The nodes of this datacenter's default project; there is no gossip, so an agent is alive that the registry hears.</summary>
    public Task MembersAsync(ApiCall call, CancellationToken ct) => call.AnswerAsync(
        json =>
        {
            json.WriteStartArray();
            if (call.Query("wan") is null && registry.Views.Local.Current is { } view)
            {
                foreach (var node in view.Catalog.Nodes.Where(n => n.Checks.ContainsKey(HealthStatus.AgentAlive)))
                {
                    WriteMember(json, node.Node.Name, node.Node.ID, node.Node.Address, view.Datacenter, StatusOf(node));
                }
            }

            json.WriteEndArray();
        },
        ct);

    public static Task VersionAsync(ApiCall call, CancellationToken ct) => call.AnswerAsync(
        json =>
        {
            json.WriteStartObject();
            json.WriteString("SHA", "");
            json.WriteString("BuildDate", "0001-01-01T00:00:00Z");
            json.WriteString("HumanVersion", ConsulVersion);
            json.WriteString("FIPS", "");
            json.WriteEndObject();
        },
        ct);

    /// <summary>Joining, leaving, reloading: this agent is no member of a gossip pool, and its operator's service manager starts and stops it.</summary>
    public static Task RefuseAsync(ApiCall call, CancellationToken ct) =>
        throw ApiRefusal.BadRequest("This agent is a node of the platform: it joins and leaves no cluster by this API");

    private static int StatusOf(NodeEntry node) => node.Checks[HealthStatus.AgentAlive].Status == HealthStatus.Passing ? Alive : Failed;

    private static void WriteMember(Utf8JsonWriter json, string name, string id, string address, string datacenter, int status)
    {
        json.WriteStartObject();
        json.WriteString("Name", name);
        json.WriteString("Addr", address);
        json.WriteNumber("Port", SerfPort);
        json.WriteStartObject("Tags");
        json.WriteString("dc", datacenter);
        json.WriteString("id", id);
        json.WriteString("role", "node");
        json.WriteString("build", ConsulVersion);
        json.WriteEndObject();
        json.WriteNumber("Status", status);
        foreach (var field in (string[])["ProtocolMin", "ProtocolMax", "ProtocolCur", "DelegateMin", "DelegateMax", "DelegateCur"])
        {
            json.WriteNumber(field, field.StartsWith('P') ? 2 : field == "DelegateMax" ? 5 : field == "DelegateMin" ? 2 : 4);
        }

        json.WriteEndObject();
    }
}
