using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Saas.Hosting.Routing;

namespace Saas.Hosting.Pipeline;

/// <summary>Turns the route table into endpoints, each with its own pipeline.</summary>
internal sealed class RouteEndpoints(RouteTable routes, PipelineParts parts)
{
    public IReadOnlyList<Endpoint> Build() => [.. routes.Routes.Select(Build)];

    private Endpoint Build(ApiRoute route)
    {
        var pipeline = new RoutePipeline(route, parts);
        var builder = new RouteEndpointBuilder(pipeline.InvokeAsync, RoutePatternFactory.Parse(route.Pattern), order: 0)
        {
            DisplayName = route.ToString(),
            Metadata = { route, route.Access, new HttpMethodMetadata([route.Method]) },
        };
        return builder.Build();
    }
}
