using Microsoft.Extensions.Logging;

namespace Saas.LocalRegistry.Registrations;

/// <summary>Writes states of checks to disk, at most once a second, and reaps services that were critical for too long.</summary>
internal sealed partial class CheckStateLoop(RegistrationStore store, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReapEvery = TimeSpan.FromSeconds(30);

    private long _written;

    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await Task.WhenAll(WriteAsync(ct), ReapAsync(ct));
        }
        finally
        {
            Write();
        }
    }

    private async Task WriteAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var changed = store.Changed.Next;
            Write();
            await changed.AtMostAsync(ReapEvery, time, ct);
            await Task.Delay(WriteEvery, time, ct);
        }
    }

    private async Task ReapAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await Task.Delay(ReapEvery, time, ct);
            try
            {
                foreach (var (project, id) in store.Reap())
                {
                    LogReaped(log, id, project);
                }
            }
            catch (IOException e)
            {
                LogDisk(log, e.Message);
            }
        }
    }

    private void Write()
    {
        var current = store.Current;
        if (current.Version == _written)
        {
            return;
        }

        try
        {
            store.States.Write(current.Projects);
            _written = current.Version;
        }
        catch (IOException e)
        {
            // What is lost with it is what a restart would show until the checks have run again.
            LogDisk(log, e.Message);
        }
    }

    [LoggerMessage(301, LogLevel.Warning, "Service {ServiceId} of {Project} was critical for too long and is deregistered")]
    private static partial void LogReaped(ILogger log, string serviceId, string project);

    [LoggerMessage(302, LogLevel.Error, "The local registry cannot write its state: {Reason}")]
    private static partial void LogDisk(ILogger log, string reason);
}
