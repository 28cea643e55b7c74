using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Hosting.Telemetry;
using Saas.Hosting.Triggers;
using Saas.Storage;

namespace Saas.Hosting.CustomHandler;

/// <summary>
/// Answers what the Functions host posts to <c>/{Function}</c> and passes on the requests that it forwards. An
/// invocation is made by the host itself: it addresses the loopback name and our port, and names the trigger binding
/// as published (see <see cref="FunctionFiles"/>). What looks like one without that is an outside request, and there
/// is nothing at its address.
/// </summary>
internal sealed partial class InvocationMiddleware(
    CustomHandlerOptions options, TriggerTable triggers, IServiceProvider services, ILogger<InvocationMiddleware> logger) : IMiddleware
{
    public const string InvocationIdHeader = "X-Azure-Functions-InvocationId";

    /// <summary>A message of <see cref="Storage.Queues.QueueLimits.MaxBodyBytes"/> in base 64, and its metadata.</summary>
    private const int MaxBodyBytes = 1024 * 1024;

    private static readonly byte[] Done = """{"Outputs":{},"Logs":[],"ReturnValue":null}"""u8.ToArray();

    private readonly IReadOnlyDictionary<string, string> _bindings = ReadBindings(options, triggers, logger);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        using var scope = InvocationOf(context.Request) is { } id ? LogScopes.Invocation(logger, id) : null;
        if (HttpMethods.IsPost(context.Request.Method)
            && context.Request.Path.Value is ['/', .. var function]
            && _bindings.TryGetValue(function, out var binding)
            && context.Request.Host is { Host: "127.0.0.1" or "localhost" } host && host.Port == options.Port)
        {
            await InvokeAsync(context, function, binding);
        }
        else
        {
            await next(context);
        }
    }

    private static IReadOnlyDictionary<string, string> ReadBindings(CustomHandlerOptions options, TriggerTable triggers, ILogger logger)
    {
        var bindings = FunctionFiles.ReadBindingNames(options.FunctionsFolder, triggers);
        foreach (var function in triggers.Functions.Where(f => !bindings.ContainsKey(f)))
        {
            Log.NotPublished(logger, function, options.FunctionsFolder);
        }

        return bindings;
    }

    /// <summary>
    /// Anyone may send this header; the host adds its own behind it. Only what it makes, a UUID, goes into the log.
    /// </summary>
    private static Guid? InvocationOf(HttpRequest request)
    {
        var values = request.Headers[InvocationIdHeader].ToString().AsSpan();
        return Guid.TryParse(values[(values.LastIndexOf(',') + 1)..].Trim(), out var id) ? id : null;
    }

    private async Task InvokeAsync(HttpContext context, string function, string binding)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = MaxBodyBytes;
        }

        using var body = await ParseAsync(context);
        if (body is null || InvocationPayload.Trigger(body.RootElement, binding) is not { } value)
        {
            Log.NotFromHost(logger, function);
            await Problem.NoSuchRoute().ExecuteAsync(context);
            return;
        }

        if (await RunAsync(function, value, context.RequestAborted) is { } problem)
        {
            await problem.ExecuteAsync(context);
            return;
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Done.Length;
        await context.Response.Body.WriteAsync(Done, context.RequestAborted);
    }

    private static async Task<JsonDocument?> ParseAsync(HttpContext context)
    {
        try
        {
            return await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Null when the function succeeded. Any problem makes the host retry.</summary>
    private async Task<Problem?> RunAsync(string function, JsonElement value, CancellationToken ct)
    {
        using var activity = HostingTelemetry.Source.StartActivity(function, ActivityKind.Consumer);
        try
        {
            if (triggers.Queues.FirstOrDefault(q => Is(q.Function, function)) is { } queue)
            {
                await queue.Handler(services, InvocationPayload.Message(value), ct);
            }
            else
            {
                await triggers.Timers.First(t => Is(t.Function, function)).Handler(services, ct);
            }

            HostingTelemetry.MessageHandled(function, "completed");
            return null;
        }
        catch (Exception e)
        {
            Log.Failed(logger, function, e);
            HostingTelemetry.MessageHandled(function, e is PoisonMessageException ? "poison" : "failed");
            activity?.SetStatus(ActivityStatusCode.Error);
            return e is StorageUnavailableException ? Problem.Unavailable() : Problem.Internal();
        }
    }

    private static bool Is(string function, string name) => string.Equals(function, name, StringComparison.OrdinalIgnoreCase);

    private static partial class Log
    {
        [LoggerMessage(40, LogLevel.Error, "{Function} failed; the Functions host invokes it again.")]
        public static partial void Failed(ILogger logger, string function, Exception exception);

        [LoggerMessage(42, LogLevel.Warning, "{Function} is not published under {Folder}, so it is never invoked: run the app with --write-functions.")]
        public static partial void NotPublished(ILogger logger, string function, string folder);

        [LoggerMessage(41, LogLevel.Warning, "A request to /{Function} was not an invocation by the Functions host.")]
        public static partial void NotFromHost(ILogger logger, string function);
    }
}
