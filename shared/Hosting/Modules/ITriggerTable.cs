namespace Saas.Hosting.Modules;

/// <summary>Handles one message. Returning completes it; an exception gives it back for another delivery.</summary>
/// <exception cref="PoisonMessageException">Dead-letters the message at once.</exception>
public delegate Task QueueHandler(IServiceProvider services, ReadOnlyMemory<byte> body, CancellationToken ct);

public delegate Task TimerHandler(IServiceProvider services, CancellationToken ct);

/// <summary>What wakes a module beside HTTP. Handlers are idempotent.</summary>
public interface ITriggerTable
{
    /// <param name="function">The function's name, PascalCase: the path the Functions host posts to.</param>
    void Queue(string function, string queue, QueueHandler handler);

    /// <param name="schedule">NCRONTAB with seconds, as Azure Functions has it: <c>0 */5 * * * *</c>.</param>
    void Timer(string function, string schedule, TimerHandler handler);
}
