using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Saas.Hosting.Audit;
using Saas.Hosting.Problems;
using Saas.Storage;

namespace Saas.Hosting.Pipeline;

/// <summary>The one place where exceptions become problems, and where they are logged, once.</summary>
internal static partial class Failures
{
    /// <summary>Nobody reads it; 499 is what it is called in logs, after nginx.</summary>
    public static readonly Problem ClientGone =
        Problem.Of("client-closed-request", "The client left before the answer.", StatusCodes.Status499ClientClosedRequest);

    public static bool IsClientGone(Exception e, HttpContext http) =>
        http.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException;

    public static Problem ToProblem(Exception e, ILogger logger)
    {
        switch (e)
        {
            case ProblemException known:
                return known.Problem;
            case StorageUnavailableException:
                Log.StoreUnavailable(logger, e);
                return Problem.Unavailable();
            case AuditSpoolFullException:
                Log.NotRecorded(logger, e);
                return Problem.Unavailable();
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return Problem.TooLarge();
            case BadHttpRequestException bad:
                return Problem.Of("bad-request", "The request is not valid HTTP.", bad.StatusCode);
            default:
                Log.Failed(logger, e);
                return Problem.Internal();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "A request failed.")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(2, LogLevel.Warning, "The store did not answer a request.")]
        public static partial void StoreUnavailable(ILogger logger, Exception exception);

        [LoggerMessage(4, LogLevel.Error, "A request was refused because it cannot be recorded.")]
        public static partial void NotRecorded(ILogger logger, Exception exception);
    }
}
