using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;

namespace Saas.Registry.Sessions;

/// <summary>Consul's sessions.</summary>
internal static class SessionRoutes
{
    public const string Read = "sessions:read";
    public const string Write = "sessions:write";

    public static void Map(IRouteTable routes)
    {
        CreateSession.Map(routes);
        RenewSession.Map(routes);
        DestroySession.Map(routes);
        ReadSessions.Map(routes);
        foreach (var path in (string[])["destroy", "renew"])
        {
            routes.MapConsul("PUT", $"/v1/session/{path}", Write, _ => "session/", "Without an id: refused.", Missing("Missing session"));
        }

        routes.MapConsul("GET", "/v1/session/info", Read, _ => "session/", "Without an id: refused.", Missing("Missing session"));
        routes.MapConsul("GET", "/v1/session/node", Read, _ => "session/", "Without a node: refused.", Missing("Missing node name"));
    }

    public static string ResourceOf(ApiRequest request) => "session/" + request.Route("id").ToLowerInvariant();

    private static ConsulHandler Missing(string what) => (_, _) => ValueTask.FromResult<IResult>(new ConsulError(StatusCodes.Status400BadRequest, what));
}
