using Microsoft.Extensions.Logging;

namespace Saas.EdgeAgent;

/// <summary>One line per event on standard error, where systemd and containers look. A logging stack would cost a fifth of the agent's memory.</summary>
internal sealed class StderrLogger(TextWriter writer, TimeProvider time) : ILogger
{
    private readonly Lock _line = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
        {
            return;
        }

        // What others wrote (a task's name, a server's answer) must not start a line of its own.
        var message = formatter(state, exception).ReplaceLineEndings(" ");
        lock (_line)
        {
            writer.WriteLine($"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {Name(logLevel)} {eventId.Id} {message}");
            if (exception is not null)
            {
                writer.WriteLine(exception);
            }
        }
    }

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}
