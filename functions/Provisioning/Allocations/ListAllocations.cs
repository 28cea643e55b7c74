using Saas.Cluster.Changes;
using Saas.Discovery.Filter;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Identity.Projects;
using Saas.Identity.Tenants;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nodes;
using Saas.Provisioning.Nomad;
using Saas.Provisioning.Nomad.Listing;
using Saas.Storage;

namespace Saas.Provisioning.Allocations;

/// <summary>Allocations of a project, of a job, or of a node, oldest first.</summary>
internal static class ListAllocations
{
    public static void Map(IRouteTable routes)
    {
        Map(routes, "/v1/allocations", ProjectRequests.OnProjects("allocations:list"), BindAsync)
            .Summary("Lists allocations: prefix, filter, per_page, next_token and reverse narrow and order it; resources=true and task_states=false change what is said of each.");
        Map(routes, "/v1/job/{jobId}/allocations", ProjectRequests.OnJob("allocations:list"), BindOfJobAsync).Summary("Lists a job's allocations.");
        Map(routes, "/v1/jobs/{jobId}/allocations", ProjectRequests.OnJob("allocations:list"), BindOfJobAsync).Summary("Lists a job's allocations.");
        Map(routes, "/v1/node/{nodeId}/allocations", NodeRequests.OnNode("nodes:read"), BindOfNodeAsync).Summary("Lists a node's allocations.");
    }

    private static IRoute Map(IRouteTable routes, string pattern, RouteAccess access, QuestionBinder bind) =>
        routes.MapRead(pattern, access, ProvisioningJson.Default.IReadOnlyListAllocationBody, bind);

    private static async ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, projects, region) = (request.Tenant, await request.ProjectsAsync(ct), await request.RegionAsync(ct));
        var (shape, reader) = (AllocationShape.Of(request), request.Service<AllocationReader>());
        var filter = options.FilterOver(ProvisioningJson.Default.AllocationBody);
        return new NomadQuestion(
            new ChangeTopics(ChangeKinds.Allocation),
            async token =>
            {
                var names = projects.ToDictionary(static project => project.Id, static project => project.Name);
                var nodes = await NodeRows.NamesAsync(tenant, token);
                var views = (await reader.AllAsync(tenant, token)).Where(view =>
                    names.ContainsKey(view.ProjectId) && view.Id.StartsWith(options.Prefix, StringComparison.Ordinal)
                    && (region is null || view.Region == region) && (!options.HasFilter || filter.Matches(shape.BodyOf(view, names, nodes))));
                var page = NomadPages.Of(views, static view => view.Id, options, FilterExpression<AllocationView>.Everything);
                return NomadReading.Of(
                    [.. page.Items.Select(view => shape.BodyOf(view, names, nodes))],
                    ProvisioningJson.Default.IReadOnlyListAllocationBody, page.Next);
            },
            IsSameForAll: true);
    }

    private static ValueTask<NomadQuestion> BindOfJobAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var shape = AllocationShape.Of(request);
        return JobQuestions.AskAsync(
            request, ChangeKinds.Allocation, ProvisioningJson.Default.IReadOnlyListAllocationBody,
            async (subject, token) =>
            {
                var views = await subject.Allocations.OfJobAsync(subject.Tenant, await subject.FindAsync(token), token);
                return await shape.BodiesAsync(subject.Tenant, views, [subject.Project], token);
            },
            ct);
    }

    private static async ValueTask<NomadQuestion> BindOfNodeAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, nodeId, shape, reader) = (request.Tenant, request.Route("nodeId"), AllocationShape.Of(request), request.Service<AllocationReader>());
        var (authorizer, principal) = (request.Service<Authorizer>(), request.Principal);
        var visible = (await tenant.ProjectsAsync(ct))
            .Where(project => authorizer.Decide(principal, "allocations:list", ResourceNames.Project(project.Id)).IsAllowed).ToArray();
        return new NomadQuestion(
            new ChangeTopics(ChangeKinds.Allocation | ChangeKinds.Node),
            async token =>
            {
                if (await NodeRows.FindAsync(tenant, nodeId, token) is not { Revoked: false } node)
                {
                    throw new ProblemException(NomadErrors.NotFound("node"));
                }

                var views = await reader.OfNodeAsync(tenant, node, token);
                return NomadReading.Of(await shape.BodiesAsync(tenant, views, visible, token), ProvisioningJson.Default.IReadOnlyListAllocationBody);
            });
    }
}

/// <summary>What a list says of each allocation.</summary>
/// <param name="WithTasks">Nomad's <c>task_states</c>; true unless said otherwise.</param>
internal sealed record AllocationShape(bool WithTasks)
{
    public static AllocationShape Of(ApiRequest request) => new(request.Query("task_states") is not ("false" or "0"));

    /// <summary>Those of the projects; of others nothing is told.</summary>
    public async Task<IReadOnlyList<AllocationBody>> BodiesAsync(
        TenantScope tenant, IReadOnlyList<AllocationView> views, IReadOnlyList<ProjectRecord> projects, CancellationToken ct)
    {
        var names = projects.ToDictionary(static project => project.Id, static project => project.Name);
        var nodes = await NodeRows.NamesAsync(tenant, ct);
        return [.. views.Where(view => names.ContainsKey(view.ProjectId)).Select(view => BodyOf(view, names, nodes))];
    }

    public AllocationBody BodyOf(AllocationView view, IReadOnlyDictionary<string, string> projects, IReadOnlyDictionary<string, string> nodes) =>
        AllocationBody.Of(view, projects[view.ProjectId], nodes.GetValueOrDefault(view.NodeId, ""), WithTasks);
}
