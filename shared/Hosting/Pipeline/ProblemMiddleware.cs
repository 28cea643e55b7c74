using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Saas.Hosting.Problems;
using Saas.Storage;

namespace Saas.Hosting.Pipeline;

/// <summary>The outermost step: whatever goes wrong below becomes one problem document, and is logged once.</summary>
internal sealed partial class ProblemMiddleware(ILogger<ProblemMiddleware> logger) : IMiddleware
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            Log.ClientLeft(logger);
            return;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            await FromException(e).ExecuteAsync(context);
            return;
        }

        // No endpoint matched, or routing's own that only says 405: nobody has answered yet.
        if (context.GetEndpoint() is not RouteEndpoint && !context.Response.HasStarted)
        {
            var problem = context.Response.StatusCode == StatusCodes.Status405MethodNotAllowed
                ? Problem.MethodNotAllowed()
                : Problem.NoSuchRoute();
            await problem.ExecuteAsync(context);
        }
    }

    private Problem FromException(Exception e)
    {
        switch (e)
        {
            case ProblemException known:
                return known.Problem;
            case StorageUnavailableException:
                Log.StoreUnavailable(logger, e);
                return Problem.Unavailable();
            case BadHttpRequestException bad:
                return bad.StatusCode == StatusCodes.Status413PayloadTooLarge
                    ? Problem.TooLarge()
                    : Problem.Of("bad-request", "The request is not valid HTTP.", bad.StatusCode);
            default:
                Log.Failed(logger, e);
                return Problem.Internal() with { TraceId = Activity.Current?.TraceId.ToString() };
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A request failed.")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "The store did not answer a request.")]
        public static partial void StoreUnavailable(ILogger logger, Exception exception);

        [LoggerMessage(3, LogLevel.Debug, "The client left before the answer.")]
        public static partial void ClientLeft(ILogger logger);
    }
}
