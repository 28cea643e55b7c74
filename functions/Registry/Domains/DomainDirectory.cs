using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Hosting.Modules;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Registry.Consul;
using Saas.Registry.Log;
using Saas.Storage;
using Saas.Storage.Signals;
using Saas.Storage.Tables;

namespace Saas.Registry.Domains;

/// <summary>Finds the domain that a request means, by <c>ns</c> (or <c>X-Consul-Namespace</c>) and <c>dc</c>.</summary>
internal sealed class DomainDirectory(Datacenters datacenters, Replicas replicas, IChangeSignal signal, TimeProvider time)
{
    private const string NamespaceHeader = "X-Consul-Namespace";
    private const int Capacity = 10_000;

    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(4);

    private readonly ConcurrentDictionary<(TenantId Tenant, string Namespace, string Datacenter), Entry> _entries = new();
    private readonly ConcurrentDictionary<string, bool> _listed = new(StringComparer.Ordinal);

    public ValueTask<Domain> FindAsync(ApiRequest request, CancellationToken ct)
    {
        var project = request.Query("ns") ?? (request.Http.Request.Headers[NamespaceHeader] is [{ Length: > 0 } header, ..] ? header : "");
        return FindAsync(request.Tenant, project, request.Query("dc") ?? "", ct);
    }

    /// <param name="project">Id or name; empty: <c>default</c>.</param>
    /// <param name="datacenter">Empty: the primary.</param>
    /// <exception cref="RegistryException">404: no such namespace; 500, as Consul has it: no such datacenter.</exception>
    public ValueTask<Domain> FindAsync(TenantScope tenant, string project, string datacenter, CancellationToken ct) =>
        _entries.TryGetValue((tenant.Tenant, project, datacenter), out var entry)
        && time.GetElapsedTime(entry.LoadedAt) < MaxAge && signal.Version(entry.Topic) == entry.Seen
            ? ValueTask.FromResult(Fresh(tenant, entry))
            : LoadAsync(tenant, project, datacenter, ct);

    private async ValueTask<Domain> LoadAsync(TenantScope tenant, string project, string datacenter, CancellationToken ct)
    {
        var topic = IdentityTopics.Of(tenant.Tenant);
        var (seen, loadedAt) = (signal.Version(topic), time.GetTimestamp());
        var found = await tenant.FindProjectAsync(project, ct)
            ?? throw new RegistryException(StatusCodes.Status404NotFound, $"Namespace not found: expected the id or the name of a project; {Shown(project)} came");
        var all = await datacenters.OfAsync(tenant, ct);
        var named = datacenter.Length == 0
            ? all[0]
            : all.FirstOrDefault(d => string.Equals(d.Name, datacenter, StringComparison.OrdinalIgnoreCase))
                ?? throw RegistryException.Server("No path to datacenter");
        await ListAsync(tenant, found.Id, named.Key, ct);
        var domain = Open(tenant, found.Id, named);
        if (_entries.Count >= Capacity)
        {
            _entries.Clear();
        }

        _entries[(tenant.Tenant, project, datacenter)] = new Entry(domain, named, loadedAt, topic, seen);
        return domain;
    }

    public Domain Open(TenantScope tenant, string projectId, Datacenter datacenter) =>
        new(projectId, datacenter.Key, datacenter.Name, ReplicaOf(tenant, projectId, datacenter.Key));

    /// <summary>Whoever removes the tenant must find its domains, also those of sites and projects that are gone by then.</summary>
    private async ValueTask ListAsync(TenantScope tenant, string projectId, string key, CancellationToken ct)
    {
        var row = ClusterTables.RegistryDomainRow(projectId, key);
        var name = tenant.Tenant.Value + row;
        if (_listed.ContainsKey(name))
        {
            return;
        }

        await tenant.RegistryOf().WriteAsync(TableWrite.Insert(row, "{}"u8.ToArray()), ct);
        if (_listed.Count >= Capacity)
        {
            _listed.Clear();
        }

        _listed[name] = true;
    }

    /// <summary>A replica that was dropped meanwhile is not the one that others use now.</summary>
    private Domain Fresh(TenantScope tenant, Entry entry)
    {
        var replica = ReplicaOf(tenant, entry.Domain.ProjectId, entry.Domain.Key);
        return ReferenceEquals(replica, entry.Domain.Replica) ? entry.Domain : entry.Domain with { Replica = replica };
    }

    private Replica ReplicaOf(TenantScope tenant, string projectId, string key) => replicas.Of(tenant.RegistryDomainOf(projectId, key));

    private static string Shown(string text) => text.Length <= 64 ? text : text[..64] + "…";

    private sealed record Entry(Domain Domain, Datacenter Named, long LoadedAt, string Topic, long Seen);
}
