using System.Buffers;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;
using Saas.Registry.Kv;

namespace Saas.Registry.Sessions;

/// <summary>PUT /v1/session/create: a new session, on the registry's own node unless another is named.</summary>
internal static class CreateSession
{
    public static void Map(IRouteTable routes) =>
        routes.MapChange("PUT", "/v1/session/create", SessionRoutes.Write, _ => "session/", "Makes a session; answers its id.", HandleAsync);

    private static async ValueTask<IResult> HandleAsync(ConsulRequest request, CancellationToken ct)
    {
        var (session, ttl) = SessionBody.Read(await request.BodyAsync(ct), Guid.NewGuid().ToString("D"));
        await request.ExecuteAsync(draft =>
        {
            draft.BeginSession(session, ttl);
            return true;
        });
        var body = new ArrayBufferWriter<byte>(64);
        using (var json = KvJson.WriterOn(body))
        {
            json.WriteStartObject();
            json.WriteString("ID"u8, session.ID);
            json.WriteEndObject();
        }

        return new ConsulResult(StatusCodes.Status200OK, body.WrittenMemory);
    }
}
