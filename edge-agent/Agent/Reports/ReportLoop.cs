using Microsoft.Extensions.Logging;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.ControlPlane;

namespace Saas.EdgeAgent.Reports;

/// <summary>
/// Tells the control plane what became of allocations. What must be told is a comparison (sent revision below the record's), not a queue:
/// bursts collapse, an outage costs nothing, and nothing is lost. One request at a time, so revisions arrive in order.
/// </summary>
internal sealed partial class ReportLoop(AllocationStore store, ControlPlaneSession session, TimeProvider time, ILogger log)
{
    /// <summary>With tails of 4 KiB per task this stays well below a megabyte.</summary>
    private const int BatchSize = 50;

    /// <summary>Changes come in groups (received, started): a moment's wait sends them together.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);

    /// <summary>In case a signal was lost.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    public Task RunAsync(CancellationToken ct) => new RetryingLoop("reports", time, log).RunAsync(TurnAsync, ct);

    private async Task TurnAsync(CancellationToken ct)
    {
        await store.Changed.WaitAsync(LookEvery, time, ct);
        await Task.Delay(Gather, time, ct);
        foreach (var batch in store.All.Where(slot => slot.Reported < slot.Record.Revision).Chunk(BatchSize))
        {
            await SendAsync(batch, ct);
        }
    }

    private async Task SendAsync(AllocationSlot[] slots, CancellationToken ct)
    {
        var reports = slots.Select(slot => (Slot: slot, Report: ReportFormat.Of(slot.Record))).ToList();
        try
        {
            await session.PutAllocationsAsync(new AllocationReports([.. reports.Select(pair => pair.Report)]), ct);
        }
        catch (ControlPlaneException e) when (e.IsOfContent && slots.Length > 1)
        {
            // One of them is not taken; find out which, or it would hold up all others forever.
            foreach (var slot in slots)
            {
                await SendAsync([slot], ct);
            }

            return;
        }
        catch (ControlPlaneException e) when (e.IsOfContent)
        {
            LogRefused(log, reports[0].Report.Id, reports[0].Report.Revision, e.Message);
        }

        foreach (var (slot, report) in reports)
        {
            slot.Reported = report.Revision;
        }
    }

    [LoggerMessage(231, LogLevel.Error, "{Allocation}: the control plane refuses revision {Revision}: {Reason}")]
    private static partial void LogRefused(ILogger log, string allocation, long revision, string reason);
}
