using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Identity.Tenants;
using Saas.Provisioning.Jobs;
using Saas.Provisioning.Nodes;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Allocations;

/// <summary>Allocations of a project, of a job, of an evaluation or of a node, oldest first.</summary>
internal static class ListAllocations
{
    public static void Map(IRouteTable routes)
    {
        Map(routes, "/v1/allocations", ProjectRequests.OnProjects("allocations:list"), OfProjectsAsync, "Lists allocations: prefix, per_page and next_token narrow it.");
        Map(routes, "/v1/job/{jobId}/allocations", ProjectRequests.OnJob("allocations:list"), OfJobAsync, "Lists a job's allocations.");
        Map(routes, "/v1/jobs/{jobId}/allocations", ProjectRequests.OnJob("allocations:list"), OfJobAsync, "Lists a job's allocations.");
        Map(routes, "/v1/node/{nodeId}/allocations", NodeRequests.OnNode("nodes:read"), OfNodeAsync, "Lists a node's allocations.");
    }

    private static void Map(IRouteTable routes, string pattern, RouteAccess access, RouteHandler handler, string summary) =>
        routes.Map("GET", pattern, access, handler)
            .Summary(summary)
            .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.IReadOnlyListAllocationBody)
            .Problems(StatusCodes.Status404NotFound);

    private static async Task<IResult> OfProjectsAsync(ApiRequest request, CancellationToken ct)
    {
        NomadResponses.RefuseFilter(request);
        var projects = (await request.ProjectsAsync(ct)).ToDictionary(project => project.Id, project => project.Name);
        var (prefix, from, perPage) = (request.Query("prefix") ?? "", request.Query("next_token") ?? "", NomadResponses.PerPage(request));
        var views = (await request.Service<AllocationReader>().AllAsync(request.Tenant, ct))
            .Where(view => projects.ContainsKey(view.ProjectId) && view.Id.StartsWith(prefix, StringComparison.Ordinal))
            .SkipWhile(view => string.CompareOrdinal(view.Id, from) < 0);
        var page = (perPage is null ? views : views.Take(perPage.Value + 1)).ToList();
        if (page.Count > perPage)
        {
            NomadResponses.NextPage(request, page[^1].Id);
            page.RemoveAt(page.Count - 1);
        }

        return await AnswerAsync(request, page, projects, 0, ct);
    }

    private static async Task<IResult> OfJobAsync(ApiRequest request, CancellationToken ct)
    {
        var project = await request.ProjectAsync(ct);
        var job = await JobRows.FindAsync(request.Tenant, project.Id, request.JobId(), ct);
        if (job is null)
        {
            return NomadErrors.NotFound("job");
        }

        var views = await request.Service<AllocationReader>().OfJobAsync(request.Tenant, job, ct);
        return await AnswerAsync(request, views, Name(project), job.ModifyIndex, ct);
    }

    private static async Task<IResult> OfNodeAsync(ApiRequest request, CancellationToken ct)
    {
        var node = await NodeRequests.FindAsync(request, ct);
        if (node is null)
        {
            return NomadErrors.NotFound("node");
        }

        var projects = await request.Tenant.ProjectsAsync(ct);
        var authorizer = request.Service<Authorizer>();
        var visible = projects
            .Where(project => authorizer.Decide(request.Principal, "allocations:list", ResourceNames.Project(project.Id)).IsAllowed)
            .ToDictionary(project => project.Id, project => project.Name);
        var views = await request.Service<AllocationReader>().OfNodeAsync(request.Tenant, node, ct);
        return await AnswerAsync(request, [.. views.Where(view => visible.ContainsKey(view.ProjectId))], visible, 0, ct);
    }

    internal static async Task<IResult> AnswerAsync(
        ApiRequest request, IReadOnlyList<AllocationView> views, IReadOnlyDictionary<string, string> projectNames, long index, CancellationToken ct)
    {
        var nodeNames = await NodeRows.NamesAsync(request.Tenant, ct);
        var withTasks = request.Query("task_states") != "false";
        var bodies = views
            .Select(view => AllocationBody.Of(view, projectNames[view.ProjectId], nodeNames.GetValueOrDefault(view.NodeId, ""), withTasks))
            .ToList();
        return NomadResponses.Ok(request, bodies, ProvisioningJson.Default.IReadOnlyListAllocationBody, index);
    }

    internal static Dictionary<string, string> Name(Identity.Projects.ProjectRecord project) => new() { [project.Id] = project.Name };
}
