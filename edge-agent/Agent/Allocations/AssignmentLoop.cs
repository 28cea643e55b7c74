using Microsoft.Extensions.Logging;
using Saas.EdgeAgent.ControlPlane;
using Saas.EdgeAgent.Node;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// Keeps the assignment current by long polls. The first does not wait: it asks what changed while the agent was away.
/// Polls end well within the heartbeat's time, because each also says that the node lives.
/// </summary>
internal sealed partial class AssignmentLoop(
    CurrentAssignment assignment, ControlPlaneSession session, HeartbeatTtl heartbeat, TimeProvider time, ILogger log)
{
    private bool _askedOnce;

    public Task RunAsync(CancellationToken ct) => new RetryingLoop("assignment", time, log).RunAsync(TurnAsync, ct);

    private async Task TurnAsync(CancellationToken ct)
    {
        var asked = time.GetTimestamp();
        var isFirst = !_askedOnce;
        var document = _askedOnce
            ? await session.GetAssignmentAsync(assignment.Index, heartbeat.LongestPoll, ct)
            : await session.GetAssignmentAsync(0, TimeSpan.Zero, ct);
        _askedOnce = true;
        if (assignment.Accept(document))
        {
            LogNew(log, document.Index, document.Allocations.Count);
        }
        else if (!isFirst && time.GetElapsedTime(asked) is var took && took < TimeSpan.FromSeconds(1))
        {
            // A server that answers at once with what we have would be asked in a tight circle.
            await Task.Delay(TimeSpan.FromSeconds(1) - took, time, ct);
        }
    }

    [LoggerMessage(241, LogLevel.Information, "Assignment {Index}: {Count} allocations")]
    private static partial void LogNew(ILogger log, long index, int count);
}
