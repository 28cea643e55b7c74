using Saas.Cluster;
using Saas.Hosting.Modules;
using Saas.Identity.Access;
using Saas.Identity.Projects;
using Saas.Identity.Tenants;
using Saas.Provisioning.Jobs;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Search;

/// <summary>What a caller may find: what it may list. Asked for each kind of thing, because one search is over all of them.</summary>
internal sealed class SearchSight
{
    private readonly Authorizer _authorizer;
    private readonly Principal _principal;
    private readonly IReadOnlyList<ProjectRecord> _all;
    private readonly string? _namespace;

    private SearchSight(ApiRequest request, IReadOnlyList<ProjectRecord> all)
    {
        (_authorizer, _principal, _all) = (request.Service<Authorizer>(), request.Principal, all);
        (Tenant, _namespace) = (request.Tenant, request.Namespace() ?? ProjectRecord.DefaultName);
    }

    public TenantScope Tenant { get; }

    public static async Task<SearchSight> OfAsync(ApiRequest request, CancellationToken ct) => new(request, await request.Tenant.ProjectsAsync(ct));

    /// <summary>Of the namespace that the request names, or of all, those in which the caller may do this.</summary>
    public IReadOnlyList<ProjectRecord> Projects(string action) =>
    [
        .. _all.Where(project => (_namespace == ProjectRequests.All || _namespace == project.Name || _namespace == project.Id)
            && May(action, ResourceNames.Project(project.Id))),
    ];

    /// <summary>By name, of all namespaces.</summary>
    public IReadOnlyList<ProjectRecord> Namespaces(string action) =>
        [.. _all.Where(project => May(action, ResourceNames.Project(project.Id))).OrderBy(static project => project.Name, StringComparer.Ordinal)];

    public bool May(string action, string resource) => _authorizer.Decide(_principal, action, resource).IsAllowed;

    public async IAsyncEnumerable<(ProjectRecord Project, JobRecord Job)> JobsAsync(
        string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var project in Projects("jobs:list"))
        {
            var range = RowRange.Prefix(ClusterTables.JobRow(prefix));
            await foreach (var row in Tenant.JobsOf(project.Id).ReadAllAsync(range, ClusterJson.Default.JobRecord, ct))
            {
                yield return (project, row.Value);
            }
        }
    }
}
