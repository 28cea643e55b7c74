using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;

namespace Saas.Registry.Sessions;

/// <summary>PUT /v1/session/destroy/:id. One that is not there is destroyed already.</summary>
internal static class DestroySession
{
    public static void Map(IRouteTable routes) =>
        routes.MapChange(
            "PUT", "/v1/session/destroy/{id}", SessionRoutes.Write, SessionRoutes.ResourceOf,
            "Ends a session: its locks are released, or their keys deleted.", HandleAsync);

    private static async ValueTask<IResult> HandleAsync(ConsulRequest request, CancellationToken ct)
    {
        var id = request.Route("id").ToLowerInvariant();
        return ConsulResult.Of(await request.ExecuteAsync(draft =>
        {
            draft.EndSessions([id]);
            return true;
        }));
    }
}
