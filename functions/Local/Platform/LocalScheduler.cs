using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Saas.Hosting.Hosts;
using Saas.Scheduler.Host;
using Saas.Storage;

namespace Saas.Local.Platform;

/// <summary>The scheduler container's work, in this process.</summary>
internal sealed class LocalScheduler : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ILoggerFactory _loggers;
    private readonly Task _run;

    private LocalScheduler(ILoggerFactory loggers, SchedulerHost host)
    {
        _loggers = loggers;
        _run = host.RunAsync(_stop.Token);
    }

    public static LocalScheduler Start(PlatformServices platform, IConfiguration configuration, LogOutput logs)
    {
        var loggers = LoggerFactory.Create(logs.Configure);
        return new LocalScheduler(loggers, new SchedulerHost(
            new PlatformScope(platform.Store), platform.Queue, platform.Lease, platform.Signal, platform.Time, SchedulerOptions.From(configuration), loggers));
    }

    /// <summary>Until cancelled; throws what ended the scheduler, should it end before.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        var stopped = new TaskCompletionSource();
        await using var registration = ct.Register(stopped.SetResult);
        await await Task.WhenAny(_run, stopped.Task);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // it was asked to end

        _loggers.Dispose();
        _stop.Dispose();
    }
}
