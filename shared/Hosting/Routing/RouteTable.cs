using Saas.Hosting.Modules;

namespace Saas.Hosting.Routing;

/// <summary>The routes of one module, in the order they were mapped.</summary>
public sealed class RouteTable : IRouteTable
{
    private static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "LIST"];

    private readonly List<ApiRoute> _routes = [];
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<ApiRoute> Routes => _routes;

    public static RouteTable Of(IModule module)
    {
        var table = new RouteTable();
        module.MapRoutes(table);
        return table;
    }

    public IRoute Map(string method, string pattern, RouteAccess access, RouteHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (!Methods.Contains(method))
        {
            throw new InvalidOperationException($"{pattern}: {method} is not a method routes can have.");
        }

        return Add(new ApiRoute(method, pattern, access, handler));
    }

    internal ApiRoute Add(ApiRoute route)
    {
        if (route.Access is null)
        {
            throw new InvalidOperationException($"{route} declares no access: say what it requires, or why it is public.");
        }

        if (!_names.Add(route.ToString()))
        {
            throw new InvalidOperationException($"{route} is mapped already.");
        }

        _routes.Add(route);
        return route;
    }
}
