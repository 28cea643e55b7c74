using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Cluster.Changes;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Allocations;
using Saas.Provisioning.Nodes;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Agents;

/// <summary>What became of the node's allocations, as the agent sees it.</summary>
internal static class ReportAllocations
{
    private const int MaxBodyBytes = 4 * 1024 * 1024;

    public static void Map(IRouteTable routes) =>
        routes.MapAgent("PUT", AgentProtocol.AllocationsPath, "allocations", HandleAsync)
            .Summary("The present state of some of the node's allocations; names those that are not the node's.")
            .Accepts(AgentJson.Strict.AllocationReports)
            .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.ReportOutcome)
            .Problems(StatusCodes.Status404NotFound)
            .MaxBodyBytes(MaxBodyBytes);

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(
            AgentJson.Strict.AllocationReports, AgentFaults.Validator<AllocationReports>(ReportRules.FaultsOf), ct);
        var outcome = await request.Service<ReportAllocationsHandler>().HandleAsync(request.Tenant, request.Principal.Id, body, ct);
        return outcome is null ? Problem.NotFound("node") : Results.Json(outcome, ProvisioningJson.Agents.ReportOutcome);
    }
}

/// <param name="Accepted">How many were taken, repeated and outdated ones among them.</param>
/// <param name="Refused">Ids of allocations that are not the node's: there is no use in reporting them again.</param>
internal sealed record ReportOutcome(int Accepted, IReadOnlyList<string> Refused);

/// <summary>
/// Writes reports into allocation records. A report is taken if the allocation is in the node's document or was the
/// node's before; an older revision than known changes nothing, and neither does anything after a terminal status. The
/// scheduler may write the same record (a lost node that comes back), so every write carries the ETag it was judged on.
/// </summary>
internal sealed class ReportAllocationsHandler(AssignmentReader assignments, Heartbeats heartbeats, ClusterEvents events, TimeProvider time)
{
    private const int MaxAttempts = 10;

    /// <returns>Null: the node was revoked.</returns>
    public async Task<ReportOutcome?> HandleAsync(TenantScope tenant, string nodeId, AllocationReports reports, CancellationToken ct)
    {
        if (await NodeRows.FindAsync(tenant, nodeId, ct) is not { Revoked: false } node)
        {
            return null;
        }

        await heartbeats.HeardAsync(tenant, nodeId, ct);
        var document = await assignments.ReadAsync(tenant, node.Region, nodeId, ct);
        var assigned = document.Allocations.ToDictionary(allocation => allocation.Id, StringComparer.Ordinal);
        var refused = new List<string>();
        foreach (var chunk in ReportRules.Batches(reports.Allocations))
        {
            refused.AddRange(await WriteAsync(tenant, node, assigned, chunk, ct));
        }

        return new ReportOutcome(reports.Allocations.Count - refused.Count, refused);
    }

    private async Task<IReadOnlyList<string>> WriteAsync(
        TenantScope tenant, NodeRecord node, Dictionary<string, AssignedAllocation> assigned, IReadOnlyList<AllocationReport> reports, CancellationToken ct)
    {
        var rows = tenant.AllocationsOf();
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (writes, changed, refused) = (new List<TableWrite>(), new List<AllocationRecord>(), new List<string>());
            var jobs = new HashSet<string>(StringComparer.Ordinal);
            foreach (var report in reports)
            {
                var known = EntityId.IsValid("alloc", report.Id)
                    ? await rows.GetAsync(report.Id, ClusterJson.Default.AllocationRecord, ct)
                    : null;
                var place = assigned.GetValueOrDefault(report.Id);
                if (known is { } other ? other.Value.NodeId != node.Id : place is null)
                {
                    refused.Add(report.Id.Length > 64 ? report.Id[..64] : report.Id);
                    continue;
                }

                if (known is not null && (ClientStatus.IsTerminal(known.Value.ClientStatus) || known.Value.Revision >= report.Revision))
                {
                    continue;
                }

                var record = Apply(report, known?.Value ?? AllocationRecords.Begin(place!, node.Id, node.Region), place);
                var bytes = TablePartition.Bytes(record, ClusterJson.Default.AllocationRecord);
                jobs.Add(ChangeKeys.Job(record.ProjectId, record.JobId));
                writes.Add(known is null ? TableWrite.Insert(record.Id, bytes) : TableWrite.Replace(record.Id, bytes, known.ETag));
                if (record.ClientStatus != (known?.Value.ClientStatus ?? ClientStatus.Pending) || HealthOf(record) != HealthOf(known?.Value))
                {
                    changed.Add(record);
                }
            }

            if (writes.Count == 0)
            {
                return refused;
            }

            if ((await rows.WriteBatchAsync(writes, ct)).IsDone)
            {
                await AnnounceAsync(tenant, changed, jobs);
                return refused;
            }
        }

        throw new StorageUnavailableException($"The allocations changed during each of {MaxAttempts} attempts.");
    }

    /// <param name="jobs">Of all that was written: events and output are of interest to those who watch, not to the scheduler.</param>
    private async Task AnnounceAsync(TenantScope tenant, List<AllocationRecord> changed, HashSet<string> jobs)
    {
        foreach (var job in jobs)
        {
            events.Raise(tenant, ChangeKinds.Allocation, job);
        }

        foreach (var record in changed)
        {
            await events.SendAsync(tenant, record.Region, InboxKinds.Allocation, record.ProjectId, record.Id, record.JobId);
        }
    }

    private AllocationRecord Apply(AllocationReport report, AllocationRecord record, AssignedAllocation? place)
    {
        var (healthy, deploymentId) = VerdictOf(report, record, place);
        var now = time.GetUtcNow();
        return record with
        {
            JobVersion = place?.JobVersion ?? record.JobVersion,
            DesiredStatus = place?.DesiredStatus ?? record.DesiredStatus,
            DesiredDescription = place?.DesiredDescription ?? record.DesiredDescription,
            Canary = place?.Canary ?? record.Canary,
            Reserved = place is null ? record.Reserved : Reservation.Of(place.TaskGroup),
            ClientStatus = report.ClientStatus,
            ClientDescription = report.ClientDescription,
            Healthy = healthy,
            HealthSince = healthy is null ? null : (healthy, deploymentId) == (record.Healthy, record.DeploymentId) ? record.HealthSince : now,
            DeploymentId = deploymentId,
            Revision = report.Revision,
            Tasks = report.Tasks,
            ModifiedAt = now,
        };
    }

    /// <summary>
    /// Once told for a deployment it stays, whatever an agent says later: a user may have told it. An agent that has not yet
    /// heard of the deployment the allocation counts for now says nothing about that one.
    /// </summary>
    private static (bool? Healthy, string? DeploymentId) VerdictOf(AllocationReport report, AllocationRecord record, AssignedAllocation? place) =>
        record.DeploymentId == report.DeploymentId ? (record.Healthy ?? report.Healthy, report.DeploymentId)
        : record is { DeploymentId: { } told, Healthy: not null } && told == place?.DeploymentId ? (record.Healthy, told)
        : (report.Healthy, report.DeploymentId);

    /// <summary>What the scheduler acts by. For which deployment nothing is known yet is all the same to it.</summary>
    private static (bool? Healthy, string? DeploymentId) HealthOf(AllocationRecord? record) =>
        record?.Healthy is null ? default : (record.Healthy, record.DeploymentId);
}
