using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;

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
        catch (Exception e) when (Failures.IsClientGone(e, context))
        {
            Log.ClientLeft(logger);
            return;
        }
        catch (Exception e)
        {
            var problem = Failures.ToProblem(e, logger);
            if (context.Response.HasStarted && !context.WebSockets.IsWebSocketRequest)
            {
                // Half an answer must not look like a whole one. (A socket's protocol has a way to say it on the socket.)
                context.Abort();
                return;
            }

            await problem.ExecuteAsync(context);
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

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Debug, "The client left before the answer.")]
        public static partial void ClientLeft(ILogger logger);
    }
}
