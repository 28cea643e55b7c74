using System.Buffers;
using System.Text.Json;
using Saas.Discovery.Catalog;
using Saas.Discovery.Model;
using Saas.Discovery.Wire;
using Saas.Hosting.Modules;
using Saas.Registry.Catalog;
using Saas.Registry.Consul;
using Saas.Registry.State;

namespace Saas.Registry.Feed;

/// <summary>
/// GET /v1/registry/feed: what a load balancer follows. One request tells of every service that changed since an index,
/// each with all its instances, so that a follower replaces what it had and needs no request per service. Ours alone: the
/// peer has nothing like it. It blocks as Consul's queries do (<c>index</c>, <c>wait</c>).
/// <list type="bullet">
/// <item><c>service=web</c>, repeated: only these; none: all.</item>
/// <item><c>passing</c>: only instances all of whose checks pass.</item>
/// </list>
/// An answer with <c>Full</c> holds everything: what is not in it is gone. So begins a follower (index 0), and so goes on
/// one that was away for longer than departures are remembered.
/// </summary>
internal static class ServiceFeed
{
    private const int MaxServices = 256;

    public static void Map(IRouteTable routes) =>
        routes.MapQuestion(
            "/v1/registry/feed", CatalogRoutes.Read, _ => "feed", "The services that changed since an index, with their instances.", Read);

    private static FeedQuestion Read(ConsulRequest request)
    {
        var services = request.QueryAll("service");
        if (services.Count > MaxServices)
        {
            throw RegistryException.BadRequest($"service: expected at most {MaxServices}; {services.Count} came");
        }

        var options = QueryOptions.Of(request.Api.Http.Request.Query, Random.Shared);
        return new FeedQuestion(options.Index, services, request.Flag("passing"), request.Domain.Datacenter);
    }

    private sealed class FeedQuestion(ulong since, IReadOnlyList<string> services, bool passing, string datacenter) : Question
    {
        public override string Key { get; } = new QuestionKey("registry/feed", datacenter).With($"{since}").With($"{passing}").With(services).ToString();

        public override string Topic => services is [var one] ? CatalogTopics.Service(one) : CatalogTopics.All;

        public override ulong IndexIn(RegistryState state) =>
            services.Count == 0 ? state.Catalog.Index : services.Max(state.Catalog.IndexOfService);

        public override int Write(RegistryState state, IBufferWriter<byte> body)
        {
            var catalog = state.Catalog;
            var isFull = since == 0 || since < catalog.Departed.Floor || since > state.Index;
            using var json = new Utf8JsonWriter(body, WireJson.Options);
            json.WriteStartObject();
            json.WriteNumber("Index", Math.Max(1, IndexIn(state)));
            json.WriteString("Datacenter", datacenter);
            json.WriteBoolean("Full", isFull);
            json.WriteStartObject("Services");
            foreach (var service in Followed(catalog).Where(s => isFull || s.Index > since))
            {
                json.WritePropertyName(service.Name);
                HealthJson.WriteInstances(json, Shown(catalog.InstancesOf(service.Name)), datacenter);
            }

            json.WriteEndObject();
            json.WriteStartArray("Removed");
            foreach (var name in isFull ? [] : Gone(catalog))
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            return Ok;
        }

        private IEnumerable<ServiceEntry> Followed(CatalogState catalog) =>
            services.Count == 0 ? catalog.Services : services.Select(catalog.FindService).OfType<ServiceEntry>().DistinctBy(s => s.Name);

        private IEnumerable<string> Gone(CatalogState catalog) => catalog.Departed.Queue
            .Where(d => !d.IsNode && d.Index > since && catalog.FindService(d.Name) is null)
            .Where(d => services.Count == 0 || services.Contains(d.Name, StringComparer.OrdinalIgnoreCase))
            .Select(d => d.Name)
            .Distinct(StringComparer.OrdinalIgnoreCase);

        private IEnumerable<CheckServiceNode> Shown(IReadOnlyList<CheckServiceNode> instances) =>
            passing ? instances.Where(i => i.Status() == HealthStatus.Passing) : instances;
    }
}
