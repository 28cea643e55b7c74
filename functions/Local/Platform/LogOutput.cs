using Microsoft.Extensions.DependencyInjection;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Saas.Local.Platform;

internal enum LogTarget
{
    /// <summary><c>platform.log</c> in the data folder: the screen belongs to the demo.</summary>
    File,

    /// <summary>Standard output belongs to the apps' addresses.</summary>
    StandardError,
}

/// <summary>Where the platform's logs go.</summary>
internal sealed class LogOutput : IDisposable
{
    private readonly FileLog? _file;

    private LogOutput(FileLog? file) => _file = file;

    public static LogOutput Open(LogTarget target, DirectoryInfo data) =>
        new(target == LogTarget.File ? new FileLog(Path.Combine(data.FullName, "platform.log")) : null);

    public void Configure(ILoggingBuilder logging)
    {
        if (_file is not null)
        {
            logging.AddProvider(_file);
            return;
        }

        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    public void Dispose() => _file?.Dispose();

    /// <summary>One line an event, shared by all apps; the provider outlives each app's own container.</summary>
    private sealed class FileLog(string path) : ILoggerProvider
    {
        private readonly ConcurrentDictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);
        private readonly StreamWriter _writer = new(path, append: true) { AutoFlush = true };
        private readonly Lock _lock = new();

        public ILogger CreateLogger(string categoryName) => _loggers.GetOrAdd(categoryName, c => new Category(this, c));

        public void Dispose()
        {
            lock (_lock)
            {
                _writer.Dispose();
            }
        }

        private void Write(string line)
        {
            lock (_lock)
            {
                _writer.WriteLine(line);
            }
        }

        private sealed class Category(FileLog log, string name) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                if (IsEnabled(logLevel))
                {
                    log.Write($"{TimeProvider.System.GetUtcNow():O} {logLevel} {name}[{eventId.Id}] {formatter(state, exception)} {exception}");
                }
            }
        }
    }
}
