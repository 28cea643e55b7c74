using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Provisioning.Nomad;
using Saas.Storage;

namespace Saas.Provisioning.Events;

/// <summary>What changes, as it does, one JSON object a line. See the README of this folder.</summary>
internal static class ReadEventStream
{
    public static void Map(IRouteTable routes) =>
        routes.Map("GET", "/v1/event/stream", RouteAccess.Requires(BuiltInPolicies.SelfAction, BuiltInPolicies.SelfResource), HandleAsync)
            .Summary("Streams changes of jobs, evaluations, allocations, deployments and nodes: topic and namespace narrow it, index is where to begin.")
            .Produces(StatusCodes.Status200OK)
            .Problems(StatusCodes.Status404NotFound);

    private static async Task<IResult> HandleAsync(ApiRequest request, CancellationToken ct)
    {
        var index = 0L;
        if (request.Query("index") is { Length: > 0 } text && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index))
        {
            return NomadErrors.BadRequest("index", "Unable to parse index: expected a number");
        }

        var topics = EventTopics.Parse(request.Http.Request.Query["topic"]);
        var audience = await EventAudience.OfAsync(request, topics, ct);
        var (feeds, time, lifetime) = (request.Service<EventFeeds>(), request.Service<TimeProvider>(), request.Service<IHostApplicationLifetime>());
        var listener = feeds.Join(request.Tenant);
        return new EventStream(listener, audience, index, feeds, time, lifetime);
    }
}

/// <summary>The answer that does not end: until its client leaves or is too slow, its key ends, or the instance does.</summary>
internal sealed class EventStream(
    EventFeeds.Listener listener, EventAudience audience, long index, EventFeeds feeds, TimeProvider time, IHostApplicationLifetime lifetime)
    : IResult, IStatusCodeHttpResult
{
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CheckKeyEvery = TimeSpan.FromSeconds(30);

    /// <summary>A client that does not take a line in this time is closed.</summary>
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(40);

    private static readonly ReadOnlyMemory<byte> Heartbeat = "{}\n"u8.ToArray();

    public int? StatusCode => StatusCodes.Status200OK;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var listening = listener;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, lifetime.ApplicationStopping);
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        httpContext.Response.ContentType = "application/json";
        httpContext.Response.Headers.CacheControl = "no-cache";
        try
        {
            await listener.Feed.Ready.WaitAsync(ends.Token);
            await StreamAsync(httpContext, ends.Token);
        }
        catch (OperationCanceledException)
        {
            // The client left, was too slow, or the instance stops: there is nobody to tell.
            httpContext.Abort();
        }
    }

    private async Task StreamAsync(HttpContext http, CancellationToken ct)
    {
        var next = listener.Feed.Buffer.StartAt(index);
        await WriteAsync(http, Heartbeat, ct);
        var (written, checkedAt) = (time.GetTimestamp(), time.GetTimestamp());
        while (!ct.IsCancellationRequested)
        {
            if (time.GetElapsedTime(checkedAt) >= CheckKeyEvery)
            {
                if (!await IsValidAsync(ct))
                {
                    return;
                }

                checkedAt = time.GetTimestamp();
            }

            var read = listener.Feed.Buffer.Read(next);
            if (read.IsGone)
            {
                return;
            }

            if (read.Batch is { } batch)
            {
                next++;
                if (batch.Line(audience.Wants) is { } line)
                {
                    await WriteAsync(http, line, ct);
                    written = time.GetTimestamp();
                }

                continue;
            }

            if (HeartbeatEvery - time.GetElapsedTime(written) is var left && left <= TimeSpan.Zero)
            {
                await WriteAsync(http, Heartbeat, ct);
                written = time.GetTimestamp();
                continue;
            }

            await feeds.WaitAsync(read.Appended, left, ct);
        }
    }

    /// <summary>While the store does not answer nothing is known to the contrary, and there is nothing to tell either.</summary>
    private async Task<bool> IsValidAsync(CancellationToken ct)
    {
        try
        {
            return await audience.IsValidAsync(time.GetUtcNow(), ct);
        }
        catch (StorageUnavailableException)
        {
            return true;
        }
    }

    /// <exception cref="OperationCanceledException">The client did not take it in time, or has left.</exception>
    private async Task WriteAsync(HttpContext http, ReadOnlyMemory<byte> line, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(WriteTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        await http.Response.Body.WriteAsync(line, either.Token);
        await http.Response.Body.FlushAsync(either.Token);
    }
}
