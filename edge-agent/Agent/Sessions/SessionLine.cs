using System.Net;
using System.Threading.Channels;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.ControlPlane;

namespace Saas.EdgeAgent.Sessions;

/// <summary>
/// The agent's end of a session. Frames are numbered here and sent until the platform has them, over any number of
/// connections that break; meanwhile a few wait, then whoever makes them waits: a client that does not read costs this.
/// </summary>
internal sealed class SessionLine(OpenSession session, string run, ControlPlaneSession platform, TimeProvider time)
{
    private const int WaitingFrames = 4;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan PullWait = TimeSpan.FromSeconds(30);

    private readonly Channel<SessionFrame> _waiting = Channel.CreateBounded<SessionFrame>(
        new BoundedChannelOptions(WaitingFrames) { SingleReader = true });

    private long _sent = session.Sent;
    private long _made;

    /// <summary>Of a command that has ended; goes with the end.</summary>
    public int? ExitCode { get; set; }

    /// <summary>Waits while the platform does not take what was sent before.</summary>
    public async ValueTask SendAsync(SessionFrame frame, CancellationToken ct)
    {
        await _waiting.Writer.WriteAsync(frame, ct);
        Interlocked.Increment(ref _made);
    }

    /// <summary>How many frames were made by this process.</summary>
    public long Made => Volatile.Read(ref _made);

    /// <summary>Until the platform has all but the last few frames that were made.</summary>
    public async Task WaitEmptyAsync(CancellationToken ct)
    {
        while (_waiting.Reader.Count > 0)
        {
            await Task.Delay(FirstPause / 10, time, ct);
        }
    }

    /// <summary>No frame follows.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    /// <summary>
    /// Takes a session up that must not be begun twice. Afterwards no other process of the agent begins it, whatever becomes
    /// of this one.
    /// </summary>
    /// <exception cref="SessionRefusedException">Another process had taken it up: what it did is not known.</exception>
    /// <exception cref="OperationCanceledException">The session has ended.</exception>
    public async Task ClaimAsync(CancellationToken ct)
    {
        if (session.Run is { } other && other != run)
        {
            throw new SessionRefusedException(SessionRefusedException.Failed, "the node's agent was restarted while it was at it");
        }

        await PushAsync([], ct);
    }

    /// <summary>The client's frames, as they come, until the session ends.</summary>
    public async IAsyncEnumerable<SessionFrame> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        for (var taken = 0L; ;)
        {
            var frames = await AskAsync(() => platform.PullFramesAsync(session.Id, taken, PullWait, ct), ct);
            foreach (var frame in frames.Frames)
            {
                yield return frame;
            }

            taken += frames.Frames.Count;
        }
    }

    /// <summary>Sends what waits until there is no more. To be run beside whoever makes the frames.</summary>
    /// <exception cref="OperationCanceledException">The session has ended, or <paramref name="ct"/> was cancelled.</exception>
    public async Task PumpAsync(CancellationToken ct)
    {
        var batch = new List<SessionFrame>(SessionProtocol.MaxFrames);
        while (batch.Count > 0 || await HasNextAsync(ct))
        {
            await Task.Yield(); // what is made together goes together
            while (batch.Count < SessionProtocol.MaxFrames && _waiting.Reader.TryRead(out var frame))
            {
                batch.Add(frame);
            }

            batch.RemoveRange(0, await PushAsync(batch, ct));
        }
    }

    /// <summary>False: there is no more. Says now and then that the agent is at it, though nothing comes.</summary>
    private async Task<bool> HasNextAsync(CancellationToken ct)
    {
        var next = _waiting.Reader.WaitToReadAsync(ct).AsTask();
        while (!next.IsCompleted)
        {
            await ((Task)next).WaitAsync(SessionProtocol.AliveEvery, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!next.IsCompleted)
            {
                ct.ThrowIfCancellationRequested();
                await PushAsync([], ct);
            }
        }

        return await next;
    }

    /// <returns>How many of them the platform has now.</returns>
    private async Task<int> PushAsync(List<SessionFrame> frames, CancellationToken ct)
    {
        var sent = Volatile.Read(ref _sent);
        var body = new SessionFrames { First = sent + 1, Frames = [.. frames], Run = run };
        var receipt = await AskAsync(() => platform.PushFramesAsync(session.Id, body, ct), ct);
        if (frames.Count > 0)
        {
            Volatile.Write(ref _sent, receipt.Sent);
        }

        return frames.Count == 0 ? 0 : (int)(receipt.Sent - sent);
    }

    private async Task<T> AskAsync<T>(Func<Task<T>> ask, CancellationToken ct)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await ask();
            }
            catch (ControlPlaneException e) when (e.Status == HttpStatusCode.NotFound || e.IsOfContent)
            {
                throw new OperationCanceledException($"The session has ended: {e.Message}", e);
            }
            catch (ControlPlaneException e)
            {
                await Task.Delay(e.RetryAfter ?? pause, time, ct);
            }
        }
    }
}
