using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Saas.Discovery.Wire;
using Saas.Hosting.Modules;
using Saas.Registry.Catalog;
using Saas.Registry.Consul;
using Saas.Registry.State;

namespace Saas.Registry.Queries;

/// <summary>
/// Consul's <c>/v1/query</c>. Resources are <c>query/</c> and the id or name asked for. A query that may be executed shows
/// what it finds, whether or not the caller could read the service otherwise: that is what the token is for that can be
/// put into a query in Consul.
/// </summary>
internal static class QueryRoutes
{
    private const string Root = "/v1/query";
    private const string Read = "queries:read";
    private const string Write = "queries:write";
    private const int MaxBodyBytes = 128 * 1024;

    public static void Add(IServiceCollection services) => services.AddSingleton<QueryExecutor>();

    public static void Map(IRouteTable routes)
    {
        routes.MapQuestion(Root, Read, static _ => "query/", "All prepared queries.", static _ => new QueryQuestion("queries", QueryWire.WriteAll));
        routes.MapChange("POST", Root, Write, static _ => "query/", "Makes a prepared query.", CreateAsync).MaxBodyBytes(MaxBodyBytes);
        routes.MapQuestion(Root + "/{id}", Read, Resource, "A prepared query.", Get);
        routes.MapChange("PUT", Root + "/{id}", Write, Resource, "Changes a prepared query.", UpdateAsync).MaxBodyBytes(MaxBodyBytes);
        routes.MapChange("DELETE", Root + "/{id}", Write, Resource, "Removes a prepared query.", DeleteAsync);
        ExecuteQuery.Map(routes);
    }

    public static string Resource(ApiRequest request) => "query/" + request.Route("id");

    private static QueryQuestion Get(ConsulRequest request)
    {
        var id = Id(request, "");
        return new QueryQuestion("query|" + id.ToLowerInvariant(), (json, all) =>
        {
            var found = all.FirstOrDefault(q => string.Equals(q.ID, id, StringComparison.OrdinalIgnoreCase));
            QueryWire.WriteAll(json, [found ?? throw RegistryException.NotFound("Query not found")]);
        });
    }

    private static async ValueTask<IResult> CreateAsync(ConsulRequest request, CancellationToken ct)
    {
        var body = await request.ReadJsonAsync(QueryJson.Default.QueryBody, ct);
        if (body.ID is { Length: > 0 })
        {
            throw RegistryException.Server("ID must be empty when creating a new prepared query");
        }

        var query = body.ToQuery(Guid.NewGuid().ToString());
        await request.ExecuteAsync(draft =>
        {
            QueryCommands.Create(draft, body, query);
            return true;
        });
        return ConsulResult.Of(new CreatedQuery(query.ID), QueryJson.Default.CreatedQuery);
    }

    /// <summary>The id is the path's, not the body's; without a body nothing is asked for, which is refused.</summary>
    private static async ValueTask<IResult> UpdateAsync(ConsulRequest request, CancellationToken ct)
    {
        var id = Id(request, "Prepared Query lookup failed: ");
        var body = request.Api.Http.Request.ContentLength is 0 ? new QueryBody() : await request.ReadJsonAsync(QueryJson.Default.QueryBody, ct);
        await request.ExecuteAsync(draft =>
        {
            QueryCommands.Update(draft, body, body.ToQuery(draft.State.Queries.Find(id)?.ID ?? id));
            return true;
        });
        return TypedResults.Ok();
    }

    private static async ValueTask<IResult> DeleteAsync(ConsulRequest request, CancellationToken ct)
    {
        var id = Id(request, "Prepared Query lookup failed: ");
        await request.ExecuteAsync(draft =>
        {
            QueryCommands.Delete(draft, id);
            return true;
        });
        return TypedResults.Ok();
    }

    private static string Id(ConsulRequest request, string during) => Guid.TryParseExact(request.Route("id"), "D", out _)
        ? request.Route("id")
        : throw RegistryException.Server($"{during}failed prepared query lookup: index error: UUID must be 36 characters");

    /// <summary>Queries change seldom, so any change is news to all that ask.</summary>
    private sealed class QueryQuestion(string key, Action<Utf8JsonWriter, IEnumerable<PreparedQuery>> write) : Question
    {
        public override string Key => key;

        public override string Topic => RegistryState.QueriesTopic;

        public override ulong IndexIn(RegistryState state) => state.Queries.Index;

        public override int Write(RegistryState state, IBufferWriter<byte> body)
        {
            using var json = new Utf8JsonWriter(body, WireJson.Options);
            write(json, state.Queries.All);
            return Ok;
        }
    }
}
