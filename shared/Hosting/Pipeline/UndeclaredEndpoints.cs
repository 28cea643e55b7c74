using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;

namespace Saas.Hosting.Pipeline;

/// <summary>
/// Endpoints that came around the route table: they declare no access, so an application that has one does not start,
/// and until the start has failed (a startup filter may add one late) requests for it find nothing.
/// </summary>
internal sealed class UndeclaredEndpoints(EndpointDataSource endpoints) : IHostedLifecycleService
{
    /// <summary>For a step between routing and the endpoint.</summary>
    public static Task RefuseAsync(HttpContext context, RequestDelegate next) =>
        context.GetEndpoint() is RouteEndpoint endpoint && !Declares(endpoint)
            ? Problem.NoSuchRoute().ExecuteAsync(context)
            : next(context);

    /// <exception cref="InvalidOperationException">There is one.</exception>
    public static void Check(IEnumerable<Endpoint> endpoints)
    {
        if (endpoints.OfType<RouteEndpoint>().FirstOrDefault(e => !Declares(e)) is { } found)
        {
            throw new InvalidOperationException(
                $"{found.DisplayName} is not in the route table and declares no access. Map it through IRouteTable.");
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Check(endpoints.Endpoints);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static bool Declares(Endpoint endpoint) => endpoint.Metadata.GetMetadata<RouteAccess>() is not null;
}
