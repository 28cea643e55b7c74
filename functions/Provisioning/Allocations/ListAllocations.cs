using Saas.Cluster.Changes;
using Saas.Discovery.Filter;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Identity.Tenants;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nodes;
using Saas.Provisioning.Nomad;
using Saas.Provisioning.Nomad.Listing;

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
        var (shape, reader) = (AllocationShape.Of(request), request.Service<AllocationReader>());
        var filter = options.FilterOver(ProvisioningJson.Default.AllocationStubBody);
        var filtered = request.Query("filter") is { } text && text.Contains(nameof(AllocationStubBody.TaskStates), StringComparison.Ordinal)
            ? shape with { WithTasks = true }
            : shape with { WithTasks = false };
        return new NomadQuestion(
            new ChangeTopics(ChangeKinds.Allocation),
            async token =>
            {
                var all = await reader.AllAsync(tenant, token);
                var names = await AllocationNames.OfAsync(tenant, all, projects, token);
                var views = all.Where(view =>
                    names.Knows(view) && view.Id.StartsWith(options.Prefix, StringComparison.Ordinal)
                    && (region is null || view.Region == region) && (!options.HasFilter || filter.Matches(filtered.StubOf(view, names))));
                var page = NomadPages.Of(views, static view => view.Id, options, FilterExpression<AllocationView>.Everything);
                return NomadReading.Of(
                    [.. page.Items.Select(view => shape.StubOf(view, names))], ProvisioningJson.Default.IReadOnlyListAllocationStubBody, page.Next);
            },
            IsSameForAll: true);
    }

    private static ValueTask<NomadQuestion> BindOfJobAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var shape = AllocationShape.Of(request);
        return JobQuestions.AskAsync(
            request, ChangeKinds.Allocation, ProvisioningJson.Default.IReadOnlyListAllocationStubBody,
            async (subject, token) =>
            {
                var views = await subject.Allocations.OfJobAsync(subject.Tenant, await subject.FindAsync(token), token);
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
                if (await NodeRows.FindAsync(tenant, nodeId, token) is not { Revoked: false } node)
                {
                    throw new ProblemException(NomadErrors.NotFound("node"));
                }

                var views = await reader.OfNodeAsync(tenant, node, token);
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
