using System.Diagnostics;
using Microsoft.AspNetCore.Http;
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

        if (!context.Response.HasStarted && context.Response.ContentLength is null && context.Response.ContentType is null)
        {
            switch (context.Response.StatusCode)
            {
                case StatusCodes.Status404NotFound:
                    await Problem.Of("no-such-route", "There is nothing at this address.", 404).ExecuteAsync(context);
                    break;
                case StatusCodes.Status405MethodNotAllowed:
                    await Problem.Of("method-not-allowed", "The address does not have this method.", 405).ExecuteAsync(context);
                    break;
            }
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
                return Problem.Of("unavailable", "The service is unavailable for the moment.", 503, retryable: true);
            case BadHttpRequestException bad:
                return bad.StatusCode == StatusCodes.Status413PayloadTooLarge
                    ? Problem.TooLarge()
                    : Problem.Of("bad-request", "The request is not valid HTTP.", bad.StatusCode);
            default:
                Log.Failed(logger, e);
                return Problem.Of("internal-error", "The request failed through no fault of yours.", 500, retryable: true)
                    with { TraceId = Activity.Current?.TraceId.ToString() };
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
