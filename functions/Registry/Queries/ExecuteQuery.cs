using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Discovery.Sync;
using Saas.Discovery.Wire;
using Saas.Hosting.Modules;
using Saas.Registry.Catalog;
using Saas.Registry.Consul;
using Saas.Registry.Nodes;
using Saas.Registry.State;

namespace Saas.Registry.Queries;

/// <summary>
/// GET /v1/query/:id-or-name/execute: what a query finds now. …/explain: the query as it would be executed. The agents' own
/// way to execute one, for their DNS, is <see cref="SyncProtocol.QueryPath"/>.
/// </summary>
internal static class ExecuteQuery
{
    public static void Map(IRouteTable routes)
    {
        routes.MapConsul("GET", "/v1/query/{id}/execute", "queries:execute", QueryRoutes.Resource, "What a prepared query finds.", ExecuteAsync);
        routes.MapConsul("GET", "/v1/query/{id}/explain", "queries:read", QueryRoutes.Resource, "A prepared query as it would be executed.", ExplainAsync);
        routes.MapAgent("GET", SyncProtocol.QueryPath, ExecuteForAgentAsync)
            .Summary("What a prepared query finds, for an agent's DNS.")
            .Produces(StatusCodes.Status200OK, SyncJson.Default.QueryAnswer);
    }

    private static async ValueTask<IResult> ExecuteAsync(ConsulRequest request, CancellationToken ct)
    {
        var options = QueryOptions.Of(request.Api.Http.Request.Query, Random.Shared);
        var ask = new QueryAsk(request.Route("id"))
        {
            Near = request.Near(),
            SourceAddress = SourceAddress(request.Api.Http),
            Limit = Limit(request),
            Connect = request.Flag("connect"),
            Consistency = options.Consistency,
            MaxStale = options.MaxStale,
        };
        var run = await request.Service<QueryExecutor>().ExecuteAsync(request.Tenant, request.Domain, ask, ct);
        return Answer(json => QueryWire.WriteRun(json, run), run.Index, options);
    }

    private static async ValueTask<IResult> ExplainAsync(ConsulRequest request, CancellationToken ct)
    {
        var options = QueryOptions.Of(request.Api.Http.Request.Query, Random.Shared);
        Limit(request);
        var state = await request.ReadAsync(ct);
        var query = QueryExecutor.Find(state, request.Route("id"));
        return Answer(
            json =>
            {
                json.WriteStartObject();
                json.WritePropertyName("Query");
                QueryWire.Write(json, query);
                json.WriteEndObject();
            },
            state.Index,
            options);
    }

    private static async ValueTask<IResult> ExecuteForAgentAsync(ConsulRequest request, CancellationToken ct)
    {
        var name = request.Query("name") is { Length: > 0 } given ? given : throw RegistryException.BadRequest("name: expected the name or id of a query");
        var state = await request.ReadAsync(ct);
        var node = state.Agents.GetValueOrDefault(request.Api.Principal.Id)?.NodeName ?? RegistryState.OwnNode;
        var run = await request.Service<QueryExecutor>().ExecuteAsync(
            request.Tenant, request.Domain, new QueryAsk(name) { AgentNode = node }, ct);
        return ConsulResult.Of(new QueryAnswer(run.Nodes, run.Datacenter, QueryRules.TtlSeconds(run.Query)), SyncJson.Default.QueryAnswer);
    }

    private static int Limit(ConsulRequest request)
    {
        if (request.Query("limit") is not { Length: > 0 } text)
        {
            return 0;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var limit)
            ? limit
            : throw RegistryException.Server($"Bad limit: strconv.Atoi: parsing \"{(text.Length <= 64 ? text : text[..64])}\": invalid syntax");
    }

    /// <summary>What the client is taken for decides on an order and on nothing else, so its own word for it will do.</summary>
    private static string SourceAddress(HttpContext http)
    {
        var forwarded = http.Request.Headers["X-Forwarded-For"].ToString();
        return forwarded.Length > 0 ? forwarded.Split(',')[0].Trim() : Address(http.Connection.RemoteIpAddress);
    }

    private static string Address(System.Net.IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        _ => address.ToString(),
    };

    private static ConsulAnswer Answer(Action<Utf8JsonWriter> write, ulong index, QueryOptions options)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body, WireJson.Options))
        {
            write(json);
        }

        return new ConsulAnswer(new Answer(Question.Ok, body.WrittenMemory, index), "application/json", options.Consistency);
    }
}
