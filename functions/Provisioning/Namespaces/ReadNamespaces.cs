using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Identity.Projects;
using Saas.Identity.Tenants;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nomad;
using Saas.Provisioning.Nomad.Listing;
using Saas.Provisioning.Quotas;
using Saas.Storage;

namespace Saas.Provisioning.Namespaces;

/// <summary>Projects, as Nomad's namespaces. They are made and deleted in Onboarding, which keeps the tenant's quota of them.</summary>
internal static class ReadNamespaces
{
    public static void Map(IRouteTable routes)
    {
        routes.MapRead("/v1/namespaces", RouteAccess.Requires(BuiltInPolicies.SelfAction, BuiltInPolicies.SelfResource), ProvisioningJson.Default.IReadOnlyListNamespaceBody, BindListAsync)
            .Summary("Lists the projects that the caller may read: prefix, filter, per_page, next_token and reverse narrow and order it.");
        routes.MapRead("/v1/namespace/{name}", RouteAccess.Requires("projects:read", ResourceAsync), ProvisioningJson.Default.NamespaceBody, BindAsync)
            .Summary("The project, by name or id.");
        foreach (var (method, pattern) in ((string, string)[])
            [
                ("PUT", "/v1/namespaces"), ("POST", "/v1/namespaces"), ("PUT", "/v1/namespace"), ("POST", "/v1/namespace"),
                ("PUT", "/v1/namespace/{name}"), ("POST", "/v1/namespace/{name}"), ("DELETE", "/v1/namespace/{name}"),
            ])
        {
            routes.Map(method, pattern, RouteAccess.Requires("projects:write", ResourceNames.Project("*")), static (_, _) => Task.FromResult<IResult>(Elsewhere))
                .Summary("Not here: projects are made, changed and deleted with the onboarding API, /v1/projects.")
                .Problems(StatusCodes.Status405MethodNotAllowed);
        }
    }

    private static Problem Elsewhere { get; } = Problem.Of(
        "not-here", "It is done in another app.", StatusCodes.Status405MethodNotAllowed,
        "a namespace is a project here: create, change and delete it with the onboarding API, /v1/projects");

    private static ValueTask<NomadQuestion> BindListAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, principal, authorizer) = (request.Tenant, request.Principal, request.Service<Authorizer>());
        var filter = options.FilterOver(ProvisioningJson.Default.NamespaceBody);
        return ValueTask.FromResult(new NomadQuestion(
            new ChangeTopics(ChangeKinds.Settings),
            async token =>
            {
                var quotas = await QuotaRows.ListAsync(tenant, token);
                var all = (await tenant.ProjectsAsync(token))
                    .Where(project => project.Name.StartsWith(options.Prefix, StringComparison.Ordinal)
                        && authorizer.Decide(principal, "projects:read", ResourceNames.Project(project.Id)).IsAllowed)
                    .OrderBy(static project => project.Name, StringComparer.Ordinal)
                    .Select(project => NamespaceBody.Of(project, quotas));
                var page = NomadPages.Of(all, static body => body.Name, options, filter);
                return NomadReading.Of(page.Items, ProvisioningJson.Default.IReadOnlyListNamespaceBody, page.Next);
            }));
    }

    private static ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, first) = (request.Tenant, (ProjectRecord)request.Found!);
        return ValueTask.FromResult(new NomadQuestion(
            new ChangeTopics(ChangeKinds.Settings),
            async token => await tenant.FindProjectAsync(first.Id, token) is { } project
                ? NomadReading.Of(NamespaceBody.Of(project, await QuotaRows.ListAsync(tenant, token)), ProvisioningJson.Default.NamespaceBody)
                : throw NotFound(),
            IsSameForAll: true));
    }

    private static async ValueTask<string> ResourceAsync(ApiRequest request, CancellationToken ct)
    {
        var project = await request.Tenant.FindProjectAsync(request.Route("name"), ct) ?? throw NotFound();
        request.Found = project;
        return ResourceNames.Project(project.Id);
    }

    private static ProblemException NotFound() => new(
        Problem.NotFound("namespace") with { Peer = new PeerError(StatusCodes.Status404NotFound, "Namespace not found") });
}

/// <summary>Nomad's Namespace.</summary>
internal sealed record NamespaceBody
{
    public required string Name { get; init; }
    public required string Description { get; init; }

    /// <summary>Named as the project, which has one of its own; empty: none.</summary>
    public required string Quota { get; init; }

    /// <summary>Null: any driver and network.</summary>
    public IReadOnlyDictionary<string, string>? Capabilities { get; init; }

    public IReadOnlyDictionary<string, string>? NodePoolConfiguration { get; init; }

    /// <summary>Our own: what policies and the platform's other APIs call it.</summary>
    public required IReadOnlyDictionary<string, string> Meta { get; init; }

    public required long CreateIndex { get; init; }
    public required long ModifyIndex { get; init; }

    public static NamespaceBody Of(ProjectRecord project, IReadOnlyList<ProjectQuota> quotas) => new()
    {
        Name = project.Name,
        Description = project.Description,
        Quota = quotas.Any(quota => quota.ProjectId == project.Id) ? project.Name : "",
        Meta = new Dictionary<string, string> { ["project_id"] = project.Id },
        CreateIndex = project.CreatedAt.ToUnixTimeMilliseconds(),
        ModifyIndex = project.CreatedAt.ToUnixTimeMilliseconds(),
    };
}
