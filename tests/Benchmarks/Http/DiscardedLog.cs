using Microsoft.Extensions.Logging;

namespace Saas.Benchmarks.Http;

/// <summary>
/// A sink that takes every line and drops it: what the server does because somebody listens (an Activity and a scope for
/// each request) is measured, what a console costs is not.
/// </summary>
internal sealed class DiscardedLog : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
    }

    public void Dispose()
    {
    }
}
