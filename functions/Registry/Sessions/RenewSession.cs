using System.Buffers;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;

namespace Saas.Registry.Sessions;

/// <summary>PUT /v1/session/renew/:id: the session's TTL begins anew. It is no write of the log.</summary>
internal static class RenewSession
{
    public static void Map(IRouteTable routes) =>
        routes.MapChange(
            "PUT", "/v1/session/renew/{id}", SessionRoutes.Write, SessionRoutes.ResourceOf, "Renews a session; answers it.", HandleAsync);

    private static async ValueTask<IResult> HandleAsync(ConsulRequest request, CancellationToken ct)
    {
        var id = request.Route("id");
        var state = await request.ReadAsync(ct);
        if (state.Sessions.Find(id) is not { } session
            || (state.Leases.ContainsKey(session.ID) && !await request.Replica.Leases.RenewAsync(session.ID, ct)))
        {
            throw RegistryException.NotFound($"Session id '{(id.Length > 64 ? id[..64] : id)}' not found");
        }

        var body = new ArrayBufferWriter<byte>(512);
        SessionJson.WriteAll(body, [session]);
        return new ConsulResult(StatusCodes.Status200OK, body.WrittenMemory);
    }
}
