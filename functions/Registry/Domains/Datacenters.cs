using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Registry.Domains;

/// <summary>
/// The tenant's datacenters: its sites, one of which is the primary. What was read is used again for a few seconds:
/// another instance's change shows within that time, this one's own at once.
/// </summary>
internal sealed class Datacenters(IChangeSignal signal, TimeProvider time)
{
    /// <summary>Of the primary datacenter of a tenant without sites.</summary>
    public const string NameWithoutSite = "dc1";

    private const string PrimaryRow = "primary";
    private const int Capacity = 10_000;

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<TenantId, Entry> _entries = new();

    /// <summary>Each name with its key in the store, the primary first.</summary>
    public ValueTask<IReadOnlyList<Datacenter>> OfAsync(TenantScope tenant, CancellationToken ct) =>
        _entries.TryGetValue(tenant.Tenant, out var entry) && time.GetElapsedTime(entry.LoadedAt) < MaxAge && signal.Version(entry.Topic) == entry.Seen
            ? ValueTask.FromResult(entry.Found)
            : LoadAsync(tenant, ct);

    private async ValueTask<IReadOnlyList<Datacenter>> LoadAsync(TenantScope tenant, CancellationToken ct)
    {
        var topic = IdentityTopics.Of(tenant.Tenant);
        var (seen, loadedAt) = (signal.Version(topic), time.GetTimestamp());
        // Ids tell only milliseconds apart.
        var sites = (await tenant.SitesAsync(ct)).OrderBy(s => s.CreatedAt).ThenBy(s => s.Id, StringComparer.Ordinal).ToList();
        var primary = await PrimaryAsync(tenant, sites.Count == 0 ? null : new PrimaryRecord(sites[0].Id, sites[0].Name), ct);
        var primaryName = sites.FirstOrDefault(s => s.Id == primary?.SiteId)?.Name ?? primary?.Name ?? NameWithoutSite;
        IReadOnlyList<Datacenter> found =
        [
            new Datacenter(primaryName, Domain.Primary, primary?.SiteId),
            .. sites.Where(s => s.Id != primary?.SiteId).Select(s => new Datacenter(s.Name, s.Id, s.Id)),
        ];
        if (_entries.Count >= Capacity)
        {
            // Rare, so simple: it costs a read each to come back.
            _entries.Clear();
        }

        _entries[tenant.Tenant] = new Entry(found, loadedAt, topic, seen);
        return found;
    }

    /// <summary>Once a site is the primary it stays so: what is registered there must not move.</summary>
    private static async ValueTask<PrimaryRecord?> PrimaryAsync(TenantScope tenant, PrimaryRecord? oldest, CancellationToken ct)
    {
        var rows = tenant.RegistryOf();
        while (true)
        {
            if (await rows.GetAsync(PrimaryRow, DomainJson.Default.PrimaryRecord, ct) is { } found)
            {
                return found.Value;
            }

            if (oldest is null)
            {
                return null;
            }

            await rows.WriteAsync(TableWrite.Insert(PrimaryRow, TablePartition.Bytes(oldest, DomainJson.Default.PrimaryRecord)), ct);
        }
    }

    private sealed record Entry(IReadOnlyList<Datacenter> Found, long LoadedAt, string Topic, long Seen);
}

/// <param name="SiteId">Null: the primary of a tenant without sites.</param>
internal sealed record Datacenter(string Name, string Key, string? SiteId);

/// <summary>The site that became the primary, with its name at the time: the datacenter outlives the site.</summary>
internal sealed record PrimaryRecord(string SiteId, string Name);

[JsonSerializable(typeof(PrimaryRecord))]
internal sealed partial class DomainJson : JsonSerializerContext;
