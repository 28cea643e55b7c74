using Saas.Cluster.Changes;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Tenants;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Allocations;

/// <summary>One allocation with its job, the states and events of its tasks, and the end of their output.</summary>
internal static class ReadAllocation
{
    public static void Map(IRouteTable routes) =>
        routes.MapRead("/v1/allocation/{allocationId}", AllocationRequests.OnAllocation("allocations:read"), ProvisioningJson.Default.AllocationBody, BindAsync)
            .Summary("The allocation, its job, the states and events of its tasks, and the end of their output.");

    private static ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, first, reader) = (request.Tenant, request.Allocation(), request.Service<AllocationReader>());
        return ValueTask.FromResult(new NomadQuestion(
            new ChangeTopics(ChangeKinds.Allocation, ChangeKeys.Job(first.ProjectId, first.JobId)),
            async token =>
            {
                var view = await reader.FindAsync(tenant, first.Id, token) ?? throw new ProblemException(NomadErrors.NotFound("alloc"));
                var names = await AllocationNames.OfAsync(tenant, [view, .. await SuccessorsAsync(view, token)], await ProjectAsync(view, token), token);
                var body = await new AllocationDetails(tenant, names).BodyAsync(view, withMetrics: true, token);
                return NomadReading.Of(
                    body with { RescheduleTracker = await RescheduleTracker.ReadAsync(tenant, view, token) }, ProvisioningJson.Default.AllocationBody);
            },
            IsSameForAll: true));

        // What runs has none, and to look for one is to look through the cell.
        async Task<IReadOnlyList<AllocationView>> SuccessorsAsync(AllocationView view, CancellationToken token) =>
            view.DesiredStatus == DesiredStatus.Run && !ClientStatus.IsTerminal(view.ClientStatus) ? [] : await reader.OfJobAsync(tenant, view, token);

        async Task<IReadOnlyList<Identity.Projects.ProjectRecord>> ProjectAsync(AllocationView view, CancellationToken token) =>
            await tenant.FindProjectAsync(view.ProjectId, token) is { } project ? [project] : [];
    }
}
