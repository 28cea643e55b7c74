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
        routes.MapRead("/v1/node/{nodeId}/allocations", NodeRequests.OnNode("nodes:read"), ProvisioningJson.Default.IReadOnlyListAllocationBody, BindOfNodeAsync)
            .Summary("A node's allocations in full, of the projects whose allocations the caller may list.");
    }

    private static IRoute Map(IRouteTable routes, string pattern, RouteAccess access, QuestionBinder bind) =>
        routes.MapRead(pattern, access, ProvisioningJson.Default.IReadOnlyListAllocationStubBody, bind);

    private static async ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, projects, region) = (request.Tenant, await request.ProjectsAsync(ct), await request.RegionAsync(ct));
        var list = new AllocationList(tenant, projects, region, options, AllocationShape.Of(request), request.Service<AllocationReader>(), request.Service<AllocationPager>());
        var text = request.Query("filter") ?? "";
        var filter = options.FilterOver(new AllocationFields(
            new AllocationShape(WithTasks: Names(nameof(AllocationStubBody.TaskStates)), WithResources: list.Shape.WithResources)));

        // Who comes backwards, or asks for what others say of an allocation, has all of them looked at.
        var isOfEach = !options.Reverse && !Names(nameof(AllocationStubBody.NodeName)) && !Names(nameof(AllocationStubBody.NextAllocation));
        return new NomadQuestion(
            new ChangeTopics(ChangeKinds.Allocation),
            async token => isOfEach ? await list.PageAsync(filter, token) : await list.ChosenAsync(filter, token),
            IsSameForAll: true);

        bool Names(string field) => text.Contains(field, StringComparison.Ordinal);
    }

    private static ValueTask<NomadQuestion> BindOfJobAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var shape = AllocationShape.Of(request);
        return JobQuestions.AskAsync(
            request, ChangeKinds.Allocation, ProvisioningJson.Default.IReadOnlyListAllocationStubBody,
            async (subject, token) =>
            {
                var views = await subject.AllocationsAsync(token);
                return await shape.StubsAsync(subject.Tenant, views, [subject.Project], token);
            },
            ct);
    }

    private static async ValueTask<NomadQuestion> BindOfNodeAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, nodeId, reader) = (request.Tenant, request.Route("nodeId"), request.Service<AllocationReader>());
        var (authorizer, principal) = (request.Service<Authorizer>(), request.Principal);
        var visible = (await tenant.ProjectsAsync(ct))
            .Where(project => authorizer.Decide(principal, "allocations:list", ResourceNames.Project(project.Id)).IsAllowed).ToArray();
        return new NomadQuestion(
            new ChangeTopics(ChangeKinds.Allocation | ChangeKinds.Node),
            async token =>
            {
                var node = await NodeRows.FindAsync(tenant, nodeId, token);
                var views = node is { Revoked: false } ? await reader.OfNodeAsync(tenant, node, token) : [];
                var names = await AllocationNames.OfAsync(tenant, views, visible, token);
                var details = new AllocationDetails(tenant, names);
                var bodies = new List<AllocationBody>();
                foreach (var view in views.Where(names.Knows))
                {
                    bodies.Add(await details.BodyAsync(view, withMetrics: false, token));
                }

                return NomadReading.Of(bodies, ProvisioningJson.Default.IReadOnlyListAllocationBody);
            });
    }
}

/// <summary>Allocations of some projects, by id.</summary>
/// <param name="Region">Null: of all.</param>
internal sealed record AllocationList(
    TenantScope Tenant, IReadOnlyList<ProjectRecord> Projects, string? Region, QueryOptions Options, AllocationShape Shape,
    AllocationReader Reader, AllocationPager Pager)
{
    /// <summary>As far as the page goes: what is behind it is not read.</summary>
    public async Task<NomadReading> PageAsync(FilterExpression<NamedAllocation> filter, CancellationToken ct)
    {
        var known = AllocationNames.OfProjects(Projects);
        var (views, next) = (new List<AllocationView>(), (string?)null);
        await foreach (var view in Pager.ReadAsync(Tenant, Options.Prefix, Options.NextToken, ct))
        {
            if (!IsWanted(view, known) || (Options.NextToken is { } from && string.CompareOrdinal(view.Id, from) < 0)
                || !filter.Matches(new NamedAllocation(view, known)))
            {
                continue;
            }

            if (views.Count == Options.PerPage)
            {
                next = view.Id;
                break;
            }

            views.Add(view);
        }

        var names = await AllocationNames.OfAsync(Tenant, views, Projects, await Pager.SuccessorsAsync(Tenant, views, ct), ct);
        return ReadingOf(views, names, next);
    }

    public async Task<NomadReading> ChosenAsync(FilterExpression<NamedAllocation> filter, CancellationToken ct)
    {
        var all = await Reader.AllAsync(Tenant, ct);
        var names = await AllocationNames.OfAsync(Tenant, all, Projects, ct);
        var views = all.Where(view => IsWanted(view, names) && filter.Matches(new NamedAllocation(view, names)));
        var page = NomadPages.Of(views, static view => view.Id, Options, FilterExpression<AllocationView>.Everything);
        return ReadingOf(page.Items, names, page.Next);
    }

    private bool IsWanted(AllocationView view, AllocationNames names) =>
        names.Knows(view) && view.Id.StartsWith(Options.Prefix, StringComparison.Ordinal) && (Region is null || view.Region == Region);

    private NomadReading ReadingOf(IReadOnlyList<AllocationView> views, AllocationNames names, string? next) =>
        NomadReading.Of([.. views.Select(view => Shape.StubOf(view, names))], ProvisioningJson.Default.IReadOnlyListAllocationStubBody, next);
}
