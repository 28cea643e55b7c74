using System.Buffers;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;
using Saas.Registry.State;

namespace Saas.Registry.Sessions;

/// <summary>GET /v1/session/info/:id, /v1/session/node/:node and /v1/session/list.</summary>
internal static class ReadSessions
{
    public static void Map(IRouteTable routes)
    {
        routes.MapQuestion(
            "/v1/session/info/{id}", SessionRoutes.Read, SessionRoutes.ResourceOf, "A session; an empty list if there is none.",
            request => new InfoQuestion(request.Route("id")));
        routes.MapQuestion(
            "/v1/session/node/{node}", SessionRoutes.Read, _ => "session/", "The sessions of a node.",
            request => new ListQuestion(request.Route("node")));
        routes.MapQuestion(
            "/v1/session/list", SessionRoutes.Read, _ => "session/", "All sessions.", _ => new ListQuestion(null));
    }

    private sealed class InfoQuestion(string id) : Question
    {
        public override string? Key => "session " + id;

        public override string Topic => SessionTopics.Session(id);

        public override ulong IndexIn(RegistryState state) => state.Sessions.IndexOf(id);

        public override int Write(RegistryState state, IBufferWriter<byte> body)
        {
            SessionJson.WriteAll(body, state.Sessions.Find(id) is { } session ? [session] : []);
            return Ok;
        }
    }

    /// <param name="node">Null: of all.</param>
    private sealed class ListQuestion(string? node) : Question
    {
        public override string? Key => node is null ? "sessions" : "sessions of " + node.ToLowerInvariant();

        public override string Topic => SessionTopics.All;

        public override ulong IndexIn(RegistryState state) => state.Sessions.Index;

        public override int Write(RegistryState state, IBufferWriter<byte> body)
        {
            SessionJson.WriteAll(body, node is null ? state.Sessions.All : state.Sessions.OfNode(node));
            return Ok;
        }
    }
}
