using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Hosting.Modules;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Deployments;

/// <summary>
/// Says of allocations whether they are well, where nobody else does (<c>health_check = "manual"</c>) or against what their
/// agent found. One that is not well fails the deployment.
/// </summary>
internal static class SetAllocationHealth
{
    /// <summary>Allocations in one request.</summary>
    public const int MaxAllocations = 1000;

    public static void Map(IRouteTable routes) =>
        DeploymentUpdates.Map(routes, "allocation-health", "deployments:health", HandleAsync, static route => route
            .Summary("Sets the health of allocations of the deployment.")
            .Accepts(ProvisioningJson.Strict.SetAllocationHealthRequest));

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.SetAllocationHealthRequest, null, ct);
        request.CheckDeploymentId(body.DeploymentID);
        var (healthy, unhealthy) = (body.HealthyAllocationIDs ?? [], body.UnhealthyAllocationIDs ?? []);
        if (healthy.Count + unhealthy.Count == 0)
        {
            return DeploymentRequests.Refused("must specify at least one healthy/unhealthy allocation ID");
        }

        if (healthy.Count + unhealthy.Count > MaxAllocations)
        {
            return NomadErrors.BadRequest("HealthyAllocationIDs", $"At most {MaxAllocations} allocations in one request; {healthy.Count + unhealthy.Count} came.");
        }

        // As in Nomad, which goes through the healthy ones first: named twice, the bad news counts.
        var verdicts = new Dictionary<string, bool>(StringComparer.Ordinal);
        foreach (var (id, isHealthy) in healthy.Select(static id => (id, true)).Concat(unhealthy.Select(static id => (id, false))))
        {
            verdicts[id ?? ""] = isHealthy;
        }

        var outcome = await request.Service<SetAllocationHealthHandler>().HandleAsync(request.Tenant, request.Deployment().Record, verdicts, ct);
        return DeploymentUpdates.Answer(request, outcome);
    }
}

internal sealed record SetAllocationHealthRequest : WriteRequestBody
{
    public string? DeploymentID { get; init; }
    public IReadOnlyList<string>? HealthyAllocationIDs { get; init; }
    public IReadOnlyList<string>? UnhealthyAllocationIDs { get; init; }
}

/// <summary>The allocations first, then the deployment: a crash in between leaves a call that can be repeated, and the scheduler counts what is there.</summary>
internal sealed class SetAllocationHealthHandler(
    DeploymentChanges changes, AllocationReader allocations, ClusterEvents events, TimeProvider time)
{
    public async Task<DeploymentOutcome> HandleAsync(
        TenantScope tenant, DeploymentRecord deployment, IReadOnlyDictionary<string, bool> verdicts, CancellationToken ct)
    {
        if (!DeploymentStatus.IsActive(deployment.Status))
        {
            return DeploymentOutcome.Refused("can't set health of allocations for a terminal deployment");
        }

        var known = (await allocations.OfDeploymentAsync(tenant, deployment, ct)).ToDictionary(static view => view.Id, StringComparer.Ordinal);
        foreach (var id in verdicts.Keys.Where(id => !known.ContainsKey(id)))
        {
            return DeploymentOutcome.Refused(await allocations.FindAsync(tenant, id, ct) is null
                ? $"unknown alloc \"{id}\""
                : $"alloc \"{id}\" is not part of deployment \"{deployment.Id}\"");
        }

        foreach (var (id, isHealthy) in verdicts)
        {
            await AllocationChanges.ChangeAsync(tenant, known[id], record => Set(record, deployment.Id, isHealthy), ct);
            await events.SendAsync(tenant, deployment.Region, InboxKinds.Allocation, deployment.ProjectId, id, deployment.JobId);
        }

        var fails = verdicts.Values.Any(static isHealthy => !isHealthy);
        return await changes.ChangeAsync(
            tenant, deployment,
            async (present, job) => fails && DeploymentStatus.IsActive(present.Status)
                ? await DeploymentFailures.OfAsync(tenant, present, job, "Failed due to unhealthy allocations", ct)
                : DeploymentChange.To(present),
            ct);
    }

    private AllocationRecord Set(AllocationRecord record, string deploymentId, bool isHealthy) =>
        record.DeploymentId == deploymentId && record.Healthy == isHealthy
            ? record
            : record with { DeploymentId = deploymentId, Healthy = isHealthy, HealthSince = time.GetUtcNow(), ModifiedAt = time.GetUtcNow() };
}
