using Saas.Cluster.Changes;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Identity.Projects;
using Saas.Identity.Tenants;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Nomad;
using Saas.Provisioning.Nomad.Listing;
using Saas.Storage;

namespace Saas.Provisioning.Quotas;

/// <summary>What projects may reserve in each region, and what they do.</summary>
internal static class ReadQuotas
{
    public static void Map(IRouteTable routes)
    {
        var onAll = RouteAccess.Requires("quotas:list", ResourceNames.Project("*"));
        routes.MapRead("/v1/quotas", onAll, ProvisioningJson.Default.IReadOnlyListQuotaSpecBody, BindListAsync)
            .Summary("Lists the quotas of projects that have one: prefix, filter, per_page, next_token and reverse narrow and order it.");
        routes.MapRead("/v1/quota/{name}", OnQuota("quotas:read"), ProvisioningJson.Default.QuotaSpecBody, BindAsync).Summary("The quota of a project.");
        routes.MapRead("/v1/quota-usages", onAll, ProvisioningJson.Default.IReadOnlyListQuotaUsageBody, BindUsagesAsync)
            .Summary("Lists what projects that have a quota have reserved.");
        routes.MapRead("/v1/quota/usage/{name}", OnQuota("quotas:read"), ProvisioningJson.Default.QuotaUsageBody, BindUsageAsync)
            .Summary("What the project has reserved, in the regions that its quota limits.");
    }

    /// <summary>A quota is named as its project, by name or id.</summary>
    public static RouteAccess OnQuota(string action) => RouteAccess.Requires(action, static async (request, ct) =>
    {
        var project = await request.Tenant.FindProjectAsync(request.Route("name"), ct) ?? throw new ProblemException(NomadErrors.NotFound("quota"));
        request.Found = project;
        return ResourceNames.Project(project.Id);
    });

    private static ValueTask<NomadQuestion> BindListAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, filter) = (request.Tenant, options.FilterOver(ProvisioningJson.Default.QuotaSpecBody));
        return ValueTask.FromResult(new NomadQuestion(
            new ChangeTopics(ChangeKinds.Settings),
            async token =>
            {
                var page = NomadPages.Of(await SpecsAsync(tenant, options.Prefix, token), static spec => spec.Name, options, filter);
                return NomadReading.Of(page.Items, ProvisioningJson.Default.IReadOnlyListQuotaSpecBody, page.Next);
            },
            IsSameForAll: true));
    }

    private static ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, project) = (request.Tenant, (ProjectRecord)request.Found!);
        return ValueTask.FromResult(new NomadQuestion(
            new ChangeTopics(ChangeKinds.Settings),
            async token => NomadReading.Of(await SpecAsync(tenant, project, token), ProvisioningJson.Default.QuotaSpecBody), IsSameForAll: true));
    }

    private static ValueTask<NomadQuestion> BindUsagesAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, reader) = (request.Tenant, request.Service<AllocationReader>());
        return ValueTask.FromResult(new NomadQuestion(
            new ChangeTopics(ChangeKinds.Settings | ChangeKinds.Allocation),
            async token =>
            {
                var views = await reader.AllAsync(tenant, token);
                var ids = (await tenant.ProjectsAsync(token)).ToDictionary(static project => project.Name, static project => project.Id);
                return NomadReading.Of(
                    [.. (await SpecsAsync(tenant, options.Prefix, token)).Select(spec => UsageOf(spec, ids[spec.Name], views))],
                    ProvisioningJson.Default.IReadOnlyListQuotaUsageBody);
            },
            IsSameForAll: true));
    }

    private static ValueTask<NomadQuestion> BindUsageAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, project, reader) = (request.Tenant, (ProjectRecord)request.Found!, request.Service<AllocationReader>());
        return ValueTask.FromResult(new NomadQuestion(
            new ChangeTopics(ChangeKinds.Settings | ChangeKinds.Allocation),
            async token => NomadReading.Of(
                UsageOf(await SpecAsync(tenant, project, token), project.Id, await reader.AllAsync(tenant, token)), ProvisioningJson.Default.QuotaUsageBody),
            IsSameForAll: true));
    }

    private static async Task<IReadOnlyList<QuotaSpecBody>> SpecsAsync(TenantScope tenant, string prefix, CancellationToken ct)
    {
        var quotas = await QuotaRows.ListAsync(tenant, ct);
        return
        [
            .. (await tenant.ProjectsAsync(ct)).Where(project => project.Name.StartsWith(prefix, StringComparison.Ordinal))
                .OrderBy(static project => project.Name, StringComparer.Ordinal)
                .Select(project => QuotaSpecBody.Of(project, quotas)).Where(static spec => spec.Limits.Count > 0),
        ];
    }

    private static async Task<QuotaSpecBody> SpecAsync(TenantScope tenant, ProjectRecord project, CancellationToken ct) =>
        QuotaSpecBody.Of(project, await QuotaRows.ListAsync(tenant, ct)) is { Limits.Count: > 0 } spec
            ? spec
            : throw new ProblemException(NomadErrors.NotFound("quota"));

    /// <summary>What stands in nodes' documents is reserved, also while it is ending: as the scheduler counts.</summary>
    private static QuotaUsageBody UsageOf(QuotaSpecBody spec, string projectId, IReadOnlyList<AllocationView> views) => new(
        spec.Name,
        spec.Limits.ToDictionary(static limit => limit.Hash, limit =>
        {
            var groups = views.Where(view => view.ProjectId == projectId && view.Region == limit.Region && view.TaskGroup is not null)
                .Select(static view => CombinedResourcesBody.Of(view.TaskGroup)).ToArray();
            return limit with
            {
                RegionLimit = new QuotaResourcesBody(
                    groups.Sum(static group => (long)group.CPU), groups.Sum(static group => (long)group.Cores), groups.Sum(static group => (long)group.MemoryMB),
                    groups.Sum(static group => (long)group.DiskMB), groups.Length),
            };
        }));
}
