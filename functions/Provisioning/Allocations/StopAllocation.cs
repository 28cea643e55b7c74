using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Allocations;

/// <summary>Stops an allocation and has it placed anew, where and when the scheduler finds.</summary>
internal static class StopAllocation
{
    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            routes.Map(method, "/v1/allocation/{allocationId}/stop", AllocationRequests.OnAllocation("allocations:stop"), HandleAsync)
                .Summary("Stops an allocation; another takes its place.")
                .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.StopAllocationResponse)
                .Problems(StatusCodes.Status404NotFound);
        }
    }

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        // Agents have the delay from the job: ignoring this would make a caller wait who has asked not to.
        if (QueryOptions.IsSet(request.Http.Request.Query, "no_shutdown_delay"))
        {
            return NomadErrors.BadRequest("no_shutdown_delay", "no_shutdown_delay is not supported: the job's shutdown delays hold");
        }

        var committed = await request.Service<StopAllocationHandler>().HandleAsync(request.Tenant, request.Allocation(), ct);
        var index = committed?.Record.ModifyIndex ?? 0;
        return NomadResponses.Ok(
            request, new StopAllocationResponse(committed?.Evaluation?.Id ?? "", index), ProvisioningJson.Default.StopAllocationResponse, index);
    }
}

/// <param name="EvalID">The look at its job that replaces it; empty: the job is not there any more.</param>
internal sealed record StopAllocationResponse(string EvalID, long Index);

internal sealed class StopAllocationHandler(JobLedger ledger, ClusterEvents events, TimeProvider time)
{
    /// <summary>
    /// The mark first: an evaluation that comes before it finds nothing to do. A crash in between leaves the mark, which the
    /// scheduler finds by itself. What has ended or is told to stop is not marked.
    /// </summary>
    /// <returns>Null: its job is not there any more.</returns>
    public async Task<CommittedJob?> HandleAsync(TenantScope tenant, AllocationView view, CancellationToken ct)
    {
        if (view.DesiredStatus == DesiredStatus.Run)
        {
            await AllocationChanges.ChangeAsync(
                tenant, view,
                record => ClientStatus.IsTerminal(record.ClientStatus) || record.MoveAskedAt is not null ? record : record with { MoveAskedAt = time.GetUtcNow() },
                ct);
            await events.SendAsync(tenant, view.Region, InboxKinds.Allocation, view.ProjectId, view.Id, view.JobId);
        }

        var committed = await ledger.EvaluateAsync(
            tenant, view.ProjectId, view.JobId, static (_, _) => ValueTask.FromResult<PlannedEvaluation?>(new(EvaluationTriggers.AllocationStop)), ct);
        if (committed is not null)
        {
            await events.SendAsync(tenant, committed.Record.Region, InboxKinds.Job, view.ProjectId, view.JobId);
        }

        return committed;
    }
}
