using System.Net;
using Microsoft.Extensions.Logging;

namespace Saas.LocalRegistry.Http;

/// <summary>Serves the API while the agent runs. A port that another process holds is waited for: workloads do not depend on it.</summary>
internal sealed partial class LocalApiLoop(LocalRegistryHost registry, IPEndPoint listen, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    /// <summary>Until cancelled; then it returns.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var api = await LocalApi.StartAsync(registry, listen, time, log, ct);
                await Task.Delay(Timeout.InfiniteTimeSpan, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (IOException e)
            {
                LogTaken(log, listen, e.Message, Again.TotalSeconds);
                await Task.Delay(Again, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    [LoggerMessage(333, LogLevel.Error, "The registry's API cannot listen on {Address}: {Reason}; again in {Seconds:0} s")]
    private static partial void LogTaken(ILogger log, IPEndPoint address, string reason, double seconds);
}
