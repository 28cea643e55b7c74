using Microsoft.Extensions.Logging;

namespace Saas.Hosting.Telemetry;

/// <summary>What every log line below carries.</summary>
internal static class LogScopes
{
    public static readonly Func<ILogger, Guid, IDisposable?> Invocation =
        LoggerMessage.DefineScope<Guid>("invocation {InvocationId}");

    public static readonly Func<ILogger, string, string, IDisposable?> Message =
        LoggerMessage.DefineScope<string, string>("{Function}, message {MessageId}");

    public static readonly Func<ILogger, string, IDisposable?> Function = LoggerMessage.DefineScope<string>("{Function}");
}
