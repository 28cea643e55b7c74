using System.Globalization;
using Saas.Discovery.Catalog;
using Saas.Discovery.Model;
using Saas.LocalRegistry.View;

namespace Saas.LocalRegistry.Http;

/// <summary>What reads of the catalog have in common: waiting, and which nodes and tags are meant.</summary>
internal sealed class ViewQuery
{
    private static readonly TimeSpan DefaultWait = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private const int JitterFraction = 16;

    private readonly ApiCall _call;
    private readonly IReadOnlyList<string> _tags;
    private readonly IReadOnlyList<KeyValuePair<string, string>> _nodeMeta;

    /// <exception cref="ApiRefusal"/>
    public ViewQuery(ApiCall call)
    {
        _call = call;
        Index = call.Query("index") is not { Length: > 0 } index ? 0
            : ulong.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw ApiRefusal.BadRequest("Invalid index");
        var wait = DefaultWait;
        if (call.Query("wait") is { Length: > 0 } text)
        {
            wait = GoDuration.Parse(text, out var fault);
            wait = fault is not null ? throw ApiRefusal.BadRequest("Invalid wait time") : wait <= TimeSpan.Zero ? DefaultWait : wait < LongestWait ? wait : LongestWait;
        }

        Wait = wait + (wait / JitterFraction * Random.Shared.NextDouble());
        _tags = [.. call.Request.Query["tag"].OfType<string>().Where(t => t.Length > 0)];
        _nodeMeta = [.. call.Request.Query["node-meta"].OfType<string>().Select(m => m.Split(':', 2)).Select(m => KeyValuePair.Create(m[0], m.Length == 2 ? m[1] : ""))];
    }

    public ulong Index { get; }

    public TimeSpan Wait { get; }

    public string? Datacenter => _call.Query("dc");

    public bool FitsNode(Node node) => _nodeMeta.All(m => node.Meta is { } meta && meta.TryGetValue(m.Key, out var value) && value == m.Value);

    public bool FitsNode(CatalogState catalog, string name) => _nodeMeta.Count == 0 || catalog.FindNode(name) is { } node && FitsNode(node.Node);

    public bool FitsTags(ServiceInstance service) => _tags.All(tag => service.Tags.Contains(tag, StringComparer.OrdinalIgnoreCase));

    /// <summary>With <c>near=_agent</c> what is on this machine comes first; nothing else is known here of distances.</summary>
    public IEnumerable<T> Near<T>(IEnumerable<T> items, Func<T, string> nodeOf, string agent) =>
        _call.Query("near") is "_agent" ? items.OrderBy(i => string.Equals(nodeOf(i), agent, StringComparison.OrdinalIgnoreCase) ? 0 : 1) : items;

    /// <summary>Until what the question is about changed since <see cref="Index"/>; at most <see cref="Wait"/>.</summary>
    /// <param name="indexOf">When the answer last changed.</param>
    /// <exception cref="ApiRefusal">The follower lost its catalog.</exception>
    public async Task<CatalogView> WaitAsync(CatalogFollower follower, string topic, Func<CatalogState, ulong> indexOf, TimeProvider time, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            using var wait = follower.Topics.Of(topic);
            var view = follower.Current ?? throw ApiRefusal.Internal("No cluster leader");
            var left = Wait - time.GetElapsedTime(started);

            // An index above all that is known here is of another life of the registry, or of the registry itself, which is ahead.
            if (Index == 0 || Index > view.Index || Math.Max(1, indexOf(view.Catalog)) > Index || left <= TimeSpan.Zero)
            {
                return view;
            }

            await wait.Changed.AtMostAsync(left, time, ct);
        }
    }
}
