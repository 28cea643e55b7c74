using System.Text;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Routing;

namespace Saas.Hosting.OpenApi;

/// <summary><c>/openapi/v1.json</c>: made at the first request, the same for everyone.</summary>
internal static class OpenApiRoute
{
    public static void Map(RouteTable routes, string module)
    {
        var document = new Lazy<byte[]>(() => Encoding.UTF8.GetBytes(OpenApiDocument.Of(module, routes.Routes).ToJsonString()));
        routes.Add(new ApiRoute("GET", "/openapi/v1.json", RouteAccess.Public("Documentation."),
            (_, _) => Task.FromResult(Results.Bytes(document.Value, "application/json"))) { IsInternal = true });
    }
}
