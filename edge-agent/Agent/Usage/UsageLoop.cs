using Microsoft.Extensions.Logging;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.ControlPlane;

namespace Saas.EdgeAgent.Usage;

/// <summary>
/// Sends samples, oldest first, and cuts new ones only when all earlier ones were accepted. So the outbox does not grow with the
/// length of an outage: the windows do, to an hour each.
/// </summary>
internal sealed partial class UsageLoop(
    UsageLedger ledger, ControlPlaneSession session, TimeSpan interval, TimeProvider time, ILogger log)
{
    public Task RunAsync(CancellationToken ct) => new RetryingLoop("usage", time, log).RunAsync(TurnAsync, ct);

    private async Task TurnAsync(CancellationToken ct)
    {
        if (ledger.Waiting == 0)
        {
            ledger.Cut();
        }

        var most = AgentProtocol.MaxReportItems;
        while (ledger.Peek(most) is { Count: > 0 } samples)
        {
            most = await SendAsync(samples, ct) ? AgentProtocol.MaxReportItems : samples.Count / 2;
        }

        await Task.Delay(interval, time, ct);
    }

    /// <summary>False: one of several samples is not taken, which one is found by sending fewer.</summary>
    private async Task<bool> SendAsync(IReadOnlyList<UsageSample> samples, CancellationToken ct)
    {
        try
        {
            await session.PostUsageAsync(new UsageReport(samples), ct);
        }
        catch (ControlPlaneException e) when (e.IsOfContent && samples.Count > 1)
        {
            return false;
        }
        catch (ControlPlaneException e) when (e.IsOfContent)
        {
            // Kept, it would hold up all that comes after it for ever.
            LogRefused(log, samples[0].AllocationId, samples[0].From, e.Message);
        }

        ledger.Acknowledge(samples.Count);
        return true;
    }

    [LoggerMessage(261, LogLevel.Error, "{Allocation}: the control plane refuses the usage from {From:O}: {Reason}")]
    private static partial void LogRefused(ILogger log, string allocation, DateTimeOffset from, string reason);
}
