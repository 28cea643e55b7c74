using System.Threading.Channels;

namespace Saas.EdgeAgent;

/// <summary>Says that something changed, to one waiter; raised twice before that looks, it counts once. It carries no data: the waiter looks for itself.</summary>
internal sealed class ChangeSignal
{
    private readonly Channel<bool> _raised = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Raise() => _raised.Writer.TryWrite(true);

    /// <summary>Until raised, or at most so long.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        Task raised = _raised.Reader.WaitToReadAsync(either.Token).AsTask();
        await raised.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _raised.Reader.TryRead(out _);
        ct.ThrowIfCancellationRequested();
    }
}
