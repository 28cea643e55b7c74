using Microsoft.Extensions.Logging;

namespace Saas.EdgeAgent.ControlPlane;

/// <summary>
/// Repeats a turn until cancelled; a turn that failed is repeated after a delay. The one place where failures of
/// requests are consumed. A disk that is full is waited out likewise; anything else is a fault of ours and ends the agent.
/// </summary>
internal sealed partial class RetryingLoop(string name, TimeProvider time, ILogger log)
{
    private readonly Backoff _backoff = new(Random.Shared.NextDouble);

    public async Task RunAsync(Func<CancellationToken, Task> turn, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            TimeSpan pause;
            try
            {
                await turn(ct);
                _backoff.Reset();
                continue;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (ControlPlaneException e)
            {
                pause = _backoff.Next(e.RetryAfter);
                LogFailed(log, name, e.Fault, e.Message, pause.TotalSeconds);
            }
            catch (IOException e)
            {
                pause = _backoff.Next();
                LogDisk(log, name, e.Message, pause.TotalSeconds);
            }

            await Task.Delay(pause, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(111, LogLevel.Warning, "{Loop}: {Fault}: {Reason}; again in {Seconds:0.0} s")]
    private static partial void LogFailed(ILogger log, string loop, ControlPlaneFault fault, string reason, double seconds);

    [LoggerMessage(112, LogLevel.Error, "{Loop}: cannot write state: {Reason}; again in {Seconds:0.0} s")]
    private static partial void LogDisk(ILogger log, string loop, string reason, double seconds);
}
