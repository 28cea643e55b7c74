using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Discovery.Catalog;
using Saas.Discovery.Filter.Fields;
using Saas.Discovery.Model;
using Saas.Discovery.Wire;
using Saas.LocalRegistry.Registrations;
using Saas.LocalRegistry.View;

namespace Saas.LocalRegistry.Http;

/// <summary>Reads of the catalog and of health, answered from the view: as old as the last word of the registry.</summary>
internal sealed class ViewEndpoints
{
    /// <summary>Questions that bear one of these are of things that the view does not hold.</summary>
    private static readonly string[] Beyond = ["peer", "sg", "merge-central-config", "partition"];

    private readonly LocalRegistryHost _registry;
    private readonly TimeProvider _time;
    private readonly ApiRoutes _routes = new();

    public ViewEndpoints(LocalRegistryHost registry, TimeProvider time)
    {
        (_registry, _time) = (registry, time);
        _routes
            .Add("/v1/catalog/datacenters", "GET", DatacentersAsync)
            .Add("/v1/catalog/nodes", "GET", NodesAsync)
            .Add("/v1/catalog/services", "GET", ServicesAsync)
            .Add("/v1/catalog/service/", "GET", ServiceAsync)
            .Add("/v1/catalog/node/", "GET", NodeAsync)
            .Add("/v1/catalog/node-services/", "GET", NodeServicesAsync)
            .Add("/v1/health/service/", "GET", HealthServiceAsync)
            .Add("/v1/health/node/", "GET", HealthNodeAsync)
            .Add("/v1/health/checks/", "GET", HealthChecksAsync)
            .Add("/v1/health/state/", "GET", HealthStateAsync);
    }

    /// <summary>Null: the view cannot answer that.</summary>
    public ApiMatch? Find(string path, HttpContext http)
    {
        var query = http.Request.Query;
        var isOfDefault = query["ns"] is [] or ["" or RegistrationStore.DefaultProject] && http.Request.Headers["X-Consul-Namespace"] is [] or ["" or RegistrationStore.DefaultProject];
        var isNearKnown = query["near"] is [] or ["" or "_agent"];
        return isOfDefault && isNearKnown && !Beyond.Any(query.ContainsKey) && _routes.Find(path) is { } match && (match.Id.Length > 0 || !match.Path.EndsWith('/')) ? match : null;
    }

    private async Task DatacentersAsync(ApiCall call, CancellationToken ct)
    {
        var names = await _registry.Views.DatacentersAsync(ct);
        await call.AnswerAsync(
            json =>
            {
                json.WriteStartArray();
                foreach (var name in names.OrderBy(n => n == _registry.Views.LocalDatacenter ? 0 : 1))
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
            },
            ct);
    }

    private Task NodesAsync(ApiCall call, CancellationToken ct)
    {
        var filter = ServiceEndpoints.ParseFilter(call, NodeFields.Instance);
        return AnswerAsync(call, CatalogTopics.Nodes, c => c.NodesIndex, (json, view, query) => NodeJson.WriteList(
            json,
            query.Near(view.Catalog.Nodes.Select(n => n.Node).Where(n => query.FitsNode(n) && filter.Matches(n)), n => n.Name, _registry.Options.NodeName),
            view.Datacenter), ct);
    }

    private Task ServicesAsync(ApiCall call, CancellationToken ct)
    {
        var filter = ServiceEndpoints.ParseFilter(call, CatalogServiceFields.Instance);
        return AnswerAsync(call, CatalogTopics.Services, c => c.ServicesIndex, (json, view, query) => CatalogServiceJson.WriteNames(
            json,
            from service in view.Catalog.Services
            let instances = view.Catalog.InstancesOf(service.Name).Where(i => query.FitsNode(i.Node) && filter.Matches(i)).ToList()
            where instances.Count > 0
            select KeyValuePair.Create<string, IReadOnlyList<string>>(
                service.Name, [.. instances.SelectMany(i => i.Service.Tags).Distinct(StringComparer.Ordinal)])), ct);
    }

    private Task ServiceAsync(ApiCall call, CancellationToken ct)
    {
        var filter = ServiceEndpoints.ParseFilter(call, CatalogServiceFields.Instance);
        return AnswerAsync(call, CatalogTopics.Service(call.Id), c => c.IndexOfService(call.Id), (json, view, query) => CatalogServiceJson.WriteList(
            json, Instances(view, query, call.Id).Where(filter.Matches), view.Datacenter), ct);
    }

    private Task NodeAsync(ApiCall call, CancellationToken ct) =>
        OfNodeAsync(call, NodeJson.WriteWithServices, ct);

    private Task NodeServicesAsync(ApiCall call, CancellationToken ct) =>
        OfNodeAsync(call, NodeJson.WriteWithServiceList, ct);

    private Task OfNodeAsync(ApiCall call, Action<Utf8JsonWriter, NodeEntry?, IEnumerable<ServiceInstance>, string> write, CancellationToken ct)
    {
        var filter = ServiceEndpoints.ParseFilter(call, ServiceFields.Instance);
        return AnswerAsync(call, CatalogTopics.Node(call.Id), c => c.IndexOfNode(call.Id), (json, view, _) =>
        {
            var node = view.Catalog.FindNode(call.Id) ?? view.Catalog.FindNodeById(call.Id);
            write(json, node, node?.Services.Values.Where(filter.Matches) ?? [], view.Datacenter);
        }, ct);
    }

    private Task HealthServiceAsync(ApiCall call, CancellationToken ct)
    {
        var filter = ServiceEndpoints.ParseFilter(call, CheckServiceNodeFields.Instance);
        var passingOnly = call.Query("passing") switch
        {
            null or "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
            "" or "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
            _ => throw ApiRefusal.BadRequest("Invalid value for ?passing"),
        };
        return AnswerAsync(call, CatalogTopics.Service(call.Id), c => c.IndexOfService(call.Id), (json, view, query) => HealthJson.WriteInstances(
            json,
            Instances(view, query, call.Id).Where(i => (!passingOnly || i.Status() == HealthStatus.Passing) && filter.Matches(i)),
            view.Datacenter), ct);
    }

    private Task HealthNodeAsync(ApiCall call, CancellationToken ct)
    {
        var filter = ServiceEndpoints.ParseFilter(call, CheckFields.Instance);
        return AnswerAsync(call, CatalogTopics.Node(call.Id), c => c.IndexOfNode(call.Id), (json, view, _) => HealthJson.WriteChecks(
            json, (view.Catalog.FindNode(call.Id)?.Checks.Values ?? []).Where(filter.Matches)), ct);
    }

    private Task HealthChecksAsync(ApiCall call, CancellationToken ct)
    {
        var filter = ServiceEndpoints.ParseFilter(call, CheckFields.Instance);
        return AnswerAsync(call, CatalogTopics.Service(call.Id), c => c.IndexOfService(call.Id), (json, view, query) => HealthJson.WriteChecks(
            json,
            query.Near(
                view.Catalog.InstancesOf(call.Id).SelectMany(i => i.Checks).Where(c => !c.IsOfNode && query.FitsNode(view.Catalog, c.Node) && filter.Matches(c)),
                c => c.Node,
                _registry.Options.NodeName)), ct);
    }

    private Task HealthStateAsync(ApiCall call, CancellationToken ct)
    {
        var filter = ServiceEndpoints.ParseFilter(call, CheckFields.Instance);
        return AnswerAsync(call, CatalogTopics.Checks, c => c.ChecksIndex, (json, view, query) => HealthJson.WriteChecks(
            json,
            query.Near(
                view.Catalog.Nodes.Where(n => query.FitsNode(n.Node)).SelectMany(n => n.Checks.Values)
                    .Where(c => (call.Id == HealthStatus.Any || c.Status == call.Id) && filter.Matches(c)),
                c => c.Node,
                _registry.Options.NodeName)), ct);
    }

    private IEnumerable<CheckServiceNode> Instances(CatalogView view, ViewQuery query, string service) => query.Near(
        view.Catalog.InstancesOf(service).Where(i => query.FitsNode(i.Node) && query.FitsTags(i.Service)), i => i.Node.Name, _registry.Options.NodeName);

    private async Task AnswerAsync(
        ApiCall call, string topic, Func<CatalogState, ulong> indexOf, Action<Utf8JsonWriter, CatalogView, ViewQuery> write, CancellationToken ct)
    {
        var query = new ViewQuery(call);
        var follower = await _registry.Views.FollowerAsync(query.Datacenter, ct)
            ?? throw ApiRefusal.Internal(string.IsNullOrEmpty(query.Datacenter) ? "No cluster leader" : "No path to datacenter");
        var view = await query.WaitAsync(follower, topic, indexOf, _time, ct);
        var headers = call.Http.Response.Headers;
        headers["X-Consul-Index"] = Math.Max(1, indexOf(view.Catalog)).ToString(CultureInfo.InvariantCulture);
        headers["X-Consul-KnownLeader"] = follower.IsReached ? "true" : "false";
        headers["X-Consul-LastContact"] = ((long)_time.GetElapsedTime(follower.HeardAt).TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        headers["X-Consul-Effective-Consistency"] = "stale";
        await call.AnswerAsync(json => write(json, view, query), ct);
    }
}
