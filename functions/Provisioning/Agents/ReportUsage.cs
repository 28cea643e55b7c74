using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Nodes;
using Saas.Storage;
using Saas.Storage.Queues;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Agents;

/// <summary>What the node's allocations used, on its way to billing.</summary>
internal static class ReportUsage
{
    public static void Map(IRouteTable routes) =>
        routes.MapAgent("POST", AgentProtocol.UsagePath, "usage", HandleAsync)
            .Summary("Usage samples of the node's allocations; 202 once they are durable. Names those that are refused.")
            .Accepts(AgentJson.Strict.UsageReport)
            .Produces(StatusCodes.Status202Accepted, ProvisioningJson.Default.UsageOutcome)
            .Problems(StatusCodes.Status404NotFound);

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(AgentJson.Strict.UsageReport, AgentFaults.Validator<UsageReport>(FaultsOf), ct);
        var outcome = await request.Service<ReportUsageHandler>().HandleAsync(request.Tenant, request.Principal.Id, body, ct);
        return outcome is null
            ? Problem.NotFound("node")
            : Results.Json(outcome, ProvisioningJson.Agents.UsageOutcome, statusCode: StatusCodes.Status202Accepted);
    }

    private static IEnumerable<FieldError> FaultsOf(UsageReport report)
    {
        if (report.Samples.Count > AgentProtocol.MaxReportItems)
        {
            yield return new FieldError("samples", $"At most {AgentProtocol.MaxReportItems} in one request; {report.Samples.Count} came.");
        }
        else if (report.Samples.Any(sample => sample is null))
        {
            yield return new FieldError("samples", "A sample is an object; null came.");
        }
    }
}

/// <param name="Refused">There is no use in sending these again.</param>
internal sealed record UsageOutcome(int Accepted, IReadOnlyList<RefusedSample> Refused);

internal sealed record RefusedSample(string AllocationId, DateTimeOffset From, string Reason);

/// <summary>
/// Passes samples on to billing, as far as they can be true: of an allocation of this very node, for that allocation's
/// own project, within one hour, and no more than the allocation reserves. So a machine under a stranger's control can
/// neither bill another project nor more than it was given. An item's id follows from allocation, start and meter:
/// however often a sample comes, it is counted once.
/// </summary>
internal sealed class ReportUsageHandler(AssignmentReader assignments, Heartbeats heartbeats, IMessageQueue queue, TimeProvider time)
{
    /// <summary>Of about 200 bytes each.</summary>
    private const int MaxItemsInMessage = 500;

    /// <returns>Null: the node was revoked.</returns>
    public async Task<UsageOutcome?> HandleAsync(TenantScope tenant, string nodeId, UsageReport report, CancellationToken ct)
    {
        if (await NodeRows.FindAsync(tenant, nodeId, ct) is not { Revoked: false } node)
        {
            return null;
        }

        await heartbeats.HeardAsync(tenant, nodeId, ct);
        var billable = await BillableAsync(tenant, node, report, ct);
        var (items, refused) = (new List<UsageItem>(), new List<RefusedSample>());
        foreach (var sample in report.Samples)
        {
            if (UsageRules.FaultOf(sample, billable.GetValueOrDefault(sample.AllocationId), time.GetUtcNow()) is { } reason)
            {
                var id = sample.AllocationId.Length > 64 ? sample.AllocationId[..64] : sample.AllocationId;
                refused.Add(new RefusedSample(id, sample.From, reason));
                continue;
            }

            items.AddRange(UsageRules.ItemsOf(sample));
        }

        foreach (var lot in items.Chunk(MaxItemsInMessage))
        {
            var message = new UsageMessage(tenant.Tenant.Value, lot);
            await queue.SendAsync(ClusterQueues.Usage, TablePartition.Bytes(message, ClusterJson.Default.UsageMessage), ct);
        }

        return new UsageOutcome(report.Samples.Count - refused.Count, refused);
    }

    /// <summary>The reported allocations that are or were this node's.</summary>
    private async Task<Dictionary<string, BillableAllocation>> BillableAsync(
        TenantScope tenant, NodeRecord node, UsageReport report, CancellationToken ct)
    {
        var billable = new Dictionary<string, BillableAllocation>(StringComparer.Ordinal);
        foreach (var assigned in (await assignments.ReadAsync(tenant, node.Region, node.Id, ct)).Allocations)
        {
            billable[assigned.Id] = new BillableAllocation(assigned.ProjectId, assigned.CreatedAt, Reservation.Of(assigned.TaskGroup));
        }

        foreach (var id in report.Samples.Select(sample => sample.AllocationId).Distinct())
        {
            if (!billable.ContainsKey(id) && EntityId.IsValid("alloc", id)
                && await RecordAsync(tenant, id, ct) is { Reserved: { } reserved } record && record.NodeId == node.Id)
            {
                billable[id] = new BillableAllocation(record.ProjectId, record.CreatedAt, reserved);
            }
        }

        return billable;
    }

    private static async Task<AllocationRecord?> RecordAsync(TenantScope tenant, string id, CancellationToken ct)
    {
        var json = ClusterJson.Default.AllocationRecord;
        var record = await tenant.AllocationsOf().GetAsync(id, json, ct) ?? await tenant.PurgedAllocationsOf().GetAsync(id, json, ct);
        return record?.Value;
    }
}

internal sealed record BillableAllocation(string ProjectId, DateTimeOffset CreatedAt, Reservation Reserved);

internal static class UsageRules
{
    /// <summary>A machine's clock may be wrong; its samples keep the hour it believes in.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromHours(1);

    /// <returns>Why the sample is refused, or null.</returns>
    public static string? FaultOf(UsageSample sample, BillableAllocation? allocation, DateTimeOffset now)
    {
        if (allocation is null || allocation.ProjectId != sample.ProjectId)
        {
            return "Not an allocation of this node and project.";
        }

        if (sample.To > now + ClockTolerance || sample.From < allocation.CreatedAt - ClockTolerance)
        {
            return "The sample is not of the allocation's time.";
        }

        var (from, to) = (sample.From.UtcDateTime, sample.To.UtcDateTime);
        var hour = new DateTime(from.Year, from.Month, from.Day, from.Hour, 0, 0, DateTimeKind.Utc);
        if (to <= from || to > hour.AddHours(1))
        {
            return "A sample begins before it ends, within one hour in UTC.";
        }

        var milliseconds = (long)Math.Ceiling((to - from).TotalMilliseconds);
        return sample.VcpuMilliMilliseconds < 0 || sample.VcpuMilliMilliseconds > milliseconds * allocation.Reserved.VcpuMilli
            || sample.MemoryMibMilliseconds < 0 || sample.MemoryMibMilliseconds > milliseconds * allocation.Reserved.MemoryMib
            ? "More than the allocation reserves."
            : null;
    }

    public static IEnumerable<UsageItem> ItemsOf(UsageSample sample)
    {
        if (sample.VcpuMilliMilliseconds > 0)
        {
            yield return Item(sample, Meters.Vcpu, sample.VcpuMilliMilliseconds);
        }

        if (sample.MemoryMibMilliseconds > 0)
        {
            yield return Item(sample, Meters.Memory, sample.MemoryMibMilliseconds);
        }
    }

    private static UsageItem Item(UsageSample sample, string meter, long quantity) => new(
        $"{sample.AllocationId}.{sample.From.UtcTicks}.{meter}", meter, sample.ProjectId, sample.From.ToUniversalTime(), quantity);
}
