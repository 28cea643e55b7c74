using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Discovery.Catalog;
using Saas.Discovery.Sync;
using Saas.Hosting.Modules;
using Saas.Registry.Consul;
using Saas.Registry.State;

namespace Saas.Registry.Nodes;

/// <summary>GET /v1/agent/registry/feed: what changed in the catalog since an index, whole nodes at a time, for the agents' views.</summary>
internal static class AgentFeed
{
    private const int MaxWaitSeconds = 60;

    public static void Map(IRouteTable routes) =>
        routes.MapAgent("GET", SyncProtocol.FeedPath, (request, ct) =>
            {
                var since = (ulong)Number(request, "index", long.MaxValue);
                var wait = TimeSpan.FromSeconds(Number(request, "wait", MaxWaitSeconds));
                var options = new QueryOptions(since, wait, Consistency.Default, TimeSpan.Zero);
                return Blocking.AnswerAsync(request, new DeltaQuestion(since, request.Domain.Datacenter), options, ct);
            })
            .Summary("The catalog's changes since an index; with wait (0 to 60 seconds) a long poll.")
            .Produces(StatusCodes.Status200OK, SyncJson.Default.CatalogDelta);

    private static long Number(ConsulRequest request, string name, long max)
    {
        if (request.Query(name) is not { Length: > 0 } text)
        {
            return 0;
        }

        // Seconds, with or without their unit.
        return long.TryParse(text.EndsWith('s') ? text[..^1] : text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
            ? number
            : throw RegistryException.BadRequest($"{name}: expected a whole number from 0 to {max}");
    }

    private sealed class DeltaQuestion(ulong since, string datacenter) : Question
    {
        public override string Key { get; } = $"agent-feed|{since}|{datacenter}";

        public override string Topic => CatalogTopics.All;

        public override ulong IndexIn(RegistryState state) => state.Catalog.Index;

        public override int Write(RegistryState state, IBufferWriter<byte> body)
        {
            using var writer = new Utf8JsonWriter(body);
            JsonSerializer.Serialize(writer, state.Catalog.DeltaSince(since, state.Catalog.Index, datacenter), SyncJson.Default.CatalogDelta);
            return Ok;
        }
    }
}
