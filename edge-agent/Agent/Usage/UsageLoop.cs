using Microsoft.Extensions.Logging;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.ControlPlane;

namespace Saas.EdgeAgent.Usage;

/// <summary>
/// Sends samples, oldest first, and cuts new ones only when all earlier ones were accepted. So the outbox does not grow with the
/// length of an outage: the windows do, to an hour each.
/// </summary>
internal sealed class UsageLoop(
    UsageLedger ledger, ControlPlaneSession session, TimeSpan interval, TimeProvider time, ILogger log)
{
    public Task RunAsync(CancellationToken ct) => new RetryingLoop("usage", time, log).RunAsync(TurnAsync, ct);

    private async Task TurnAsync(CancellationToken ct)
    {
        if (ledger.Waiting == 0)
        {
            ledger.Cut();
        }

        while (ledger.Peek(AgentProtocol.MaxReportItems) is { Count: > 0 } samples)
        {
            await session.PostUsageAsync(new UsageReport(samples), ct);
            ledger.Acknowledge(samples.Count);
        }

        await Task.Delay(interval, time, ct);
    }
}
