using Microsoft.AspNetCore.Http;
using Saas.Discovery.Catalog;
using Saas.Discovery.Filter;
using Saas.Discovery.Queries;
using Saas.Registry.Consul;

namespace Saas.Registry.Catalog;

/// <summary>The parameters that select: <c>filter</c>, <c>node-meta</c>, <c>tag</c>, <c>near</c>.</summary>
internal static class Selections
{
    /// <summary>A part of the path, which may be empty or have slashes in it.</summary>
    public static string Named(this Hosting.Modules.ApiRequest request, string name) => request.Http.Request.RouteValues[name] as string ?? "";

    /// <exception cref="RegistryException">400: there is none.</exception>
    public static string Required(this ConsulRequest request, string name, string missing) =>
        request.Route(name) is { Length: > 0 } value ? value : throw RegistryException.BadRequest(missing);

    public static IReadOnlyDictionary<string, string> NodeMeta(this ConsulRequest request) =>
        Discovery.Queries.NodeMeta.Parse(request.QueryAll("node-meta"));

    public static string Near(this ConsulRequest request) => request.Query("near") ?? "";

    /// <summary>Null where no filter was given.</summary>
    /// <exception cref="RegistryException">500, as Consul has it: the text is not an expression over the fields; says where.</exception>
    public static FilterExpression<T>? Filter<T>(this ConsulRequest request, IFilterFields<T> fields)
    {
        if (request.Query("filter") is not { Length: > 0 } text)
        {
            return null;
        }

        try
        {
            return FilterExpression<T>.Parse(text, fields);
        }
        catch (FilterException e)
        {
            throw new RegistryException(StatusCodes.Status500InternalServerError, e.Message);
        }
    }

    /// <summary>Of a question on <paramref name="request"/>: the endpoint, where, and all that selects. Null where order is by distance.</summary>
    public static string? Key(this ConsulRequest request, string endpoint, params ReadOnlySpan<string> parts)
    {
        if (request.Near().Length > 0)
        {
            return null;
        }

        var key = new QuestionKey(endpoint, request.Domain.Datacenter);
        foreach (var part in parts)
        {
            key.With(part);
        }

        return key.With(request.QueryAll("node-meta")).With(request.Query("filter") ?? "").ToString();
    }

    /// <summary>What wakes whoever asks about one node: by its name, or by an id that any node may have.</summary>
    public static (string Topic, Func<CatalogState, ulong> IndexIn) WatchOfNode(string nameOrId) => CatalogQueries.IsIdPrefix(nameOrId)
        ? (CatalogTopics.All, static catalog => catalog.Index)
        : (CatalogTopics.Node(nameOrId), catalog => catalog.IndexOfNode(nameOrId));
}
