using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.ControlPlane;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Sessions;

/// <summary>
/// Sees to it that this agent is at exactly the sessions that are open for its node: begins those it is not at, ends those
/// that are gone. Each runs by itself, so a slow one holds up no other.
/// </summary>
internal sealed partial class SessionLoop(ControlPlaneSession platform, IEnumerable<ISessionOperation> operations, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(50);

    /// <summary>An answer that names a session still, which has ended meanwhile, is older than this when it comes.</summary>
    private static readonly TimeSpan EndedKept = TimeSpan.FromMinutes(5);

    /// <summary>Tells this process from those before and after it.</summary>
    private readonly string _run = RandomNumberGenerator.GetHexString(16, lowercase: true);

    private readonly Dictionary<string, ISessionOperation> _operations = operations.ToDictionary(operation => operation.Kind, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Running> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _ended = new(StringComparer.Ordinal);
    private string _mark = "";

    public async Task RunAsync(CancellationToken ct)
    {
        await new RetryingLoop("sessions", time, log).RunAsync(TurnAsync, ct);
        foreach (var running in _running.Values)
        {
            await running.EndAsync();
        }

        await Task.WhenAll(_running.Values.Select(running => running.Work));
    }

    private async Task TurnAsync(CancellationToken ct)
    {
        var open = await platform.GetSessionsAsync(_mark, LongPoll, ct);
        var ids = open.Sessions.Select(session => session.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var (id, running) in _running)
        {
            if (!ids.Contains(id))
            {
                await running.EndAsync();
            }
        }

        foreach (var session in open.Sessions.Where(session => !_running.ContainsKey(session.Id) && !_ended.ContainsKey(session.Id)))
        {
            var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var begin = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _running[session.Id] = new Running(stop, RunAsync(session, begin.Task, stop));
            begin.SetResult();
        }

        foreach (var (id, at) in _ended)
        {
            if (time.GetElapsedTime(at) > EndedKept)
            {
                _ended.TryRemove(id, out _);
            }
        }

        _mark = open.Mark;
    }

    private async Task RunAsync(OpenSession session, Task begin, CancellationTokenSource stop)
    {
        await begin;
        try
        {
            var line = new SessionLine(session, _run, platform, time);
            var pump = PumpAsync(line, stop);
            try
            {
                await line.SendAsync(new SessionFrame { End = await EndOfAsync(session, line, stop.Token) }, stop.Token);
                line.Complete();
            }
            finally
            {
                await pump;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            LogStopped(log, session.Id, session.Request.Kind);
        }
        finally
        {
            _ended[session.Id] = time.GetTimestamp();
            _running.TryRemove(session.Id, out _);
            stop.Dispose();
        }
    }

    /// <summary>What the platform does not take any more, nobody has to make.</summary>
    private static async Task PumpAsync(SessionLine line, CancellationTokenSource stop)
    {
        try
        {
            await line.PumpAsync(stop.Token);
        }
        catch (OperationCanceledException)
        {
            await stop.CancelAsync();
        }
    }

    private async Task<SessionEnd> EndOfAsync(OpenSession session, SessionLine line, CancellationToken ct)
    {
        LogBegun(log, session.Id, session.Request.Kind, session.Request.AllocationId ?? "the node");
        try
        {
            if (!_operations.TryGetValue(session.Request.Kind, out var operation))
            {
                throw new SessionRefusedException(SessionRefusedException.Failed, "Unknown rpc method: " + session.Request.Kind);
            }

            await operation.RunAsync(session, line, ct);
            return new SessionEnd(200, ExitCode: line.ExitCode);
        }
        catch (SessionRefusedException e)
        {
            return new SessionEnd(e.Status, e.Message);
        }
        catch (Exception e) when (e is DriverException or IOException or UnauthorizedAccessException)
        {
            LogFailed(log, session.Id, session.Request.Kind, e.Message);
            return new SessionEnd(SessionRefusedException.Failed, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A fault of ours in one session must not stop the work on all else.
            LogBroken(log, e, session.Id, session.Request.Kind);
            return new SessionEnd(SessionRefusedException.Failed, string.Create(CultureInfo.InvariantCulture, $"the agent failed on it: {e.GetType().Name}"));
        }
    }

    private sealed record Running(CancellationTokenSource Stop, Task Work)
    {
        public async Task EndAsync()
        {
            try
            {
                await Stop.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                return; // it has just ended by itself
            }
        }
    }

    [LoggerMessage(241, LogLevel.Information, "{Session}: {Kind} of {What}")]
    private static partial void LogBegun(ILogger log, string session, string kind, string what);

    [LoggerMessage(242, LogLevel.Information, "{Session}: {Kind} stopped: its client left, or the agent stops")]
    private static partial void LogStopped(ILogger log, string session, string kind);

    [LoggerMessage(243, LogLevel.Warning, "{Session}: {Kind} failed: {Reason}")]
    private static partial void LogFailed(ILogger log, string session, string kind, string reason);

    [LoggerMessage(244, LogLevel.Error, "{Session}: the agent failed on {Kind}")]
    private static partial void LogBroken(ILogger log, Exception e, string session, string kind);
}
