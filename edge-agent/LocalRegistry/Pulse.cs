namespace Saas.LocalRegistry;

/// <summary>
/// Says to any number of waiters that something changed. It carries no data: who takes <see cref="Next"/> first and looks
/// then misses nothing. A waiter costs no thread, and one that goes away leaves nothing behind.
/// </summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = Create();

    /// <summary>Completes with the next <see cref="Raise"/>.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    public void Raise() => Interlocked.Exchange(ref _next, Create()).TrySetResult();

    private static TaskCompletionSource Create() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

internal static class PulseExtensions
{
    /// <summary>Until the task completes, or at most so long.</summary>
    /// <exception cref="OperationCanceledException"/>
    public static async Task AtMostAsync(this Task task, TimeSpan atMost, TimeProvider time, CancellationToken ct)
    {
        if (atMost > TimeSpan.Zero)
        {
            await task.WaitAsync(atMost, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        ct.ThrowIfCancellationRequested();
    }
}
