using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Allocations;

/// <summary>An allocation is of a job, whichever namespace the client names: that is what access is decided on.</summary>
internal static class AllocationRequests
{
    public static RouteAccess OnAllocation(string action) => RouteAccess.Requires(action, async (request, ct) =>
    {
        var view = await request.Service<AllocationReader>().FindAsync(request.Tenant, request.Route("allocationId"), ct)
            ?? throw new ProblemException(NomadErrors.NotFound("alloc"));
        request.Found = view;
        return ResourceNames.Job(view.ProjectId, view.JobId);
    });

    /// <summary>The allocation of the path, as <see cref="OnAllocation"/> found it.</summary>
    public static AllocationView Allocation(this ApiRequest request) => (AllocationView)request.Found!;
}
