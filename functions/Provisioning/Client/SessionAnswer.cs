using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Client.Sessions;

namespace Saas.Provisioning.Client;

/// <param name="ContentType">Of the answer.</param>
/// <param name="Framed">As Nomad's StreamFrame objects, one after another, and <c>{}</c> where nothing comes; else the data as it is.</param>
internal sealed record AnswerForm(string ContentType, bool Framed = false)
{
    public static readonly AnswerForm Json = new("application/json");

    /// <summary>What a task wrote: never anything that a browser would run.</summary>
    public static readonly AnswerForm Plain = new("text/plain; charset=utf-8");

    public static readonly AnswerForm Frames = new("application/json", Framed: true);
}

/// <summary>
/// What an agent sends, as it comes. Bounded: a frame is taken from the session when the client has taken the one before.
/// An end that is no success, or that never comes, cuts the connection: half an answer must not look like a whole one.
/// </summary>
internal sealed class SessionAnswer(ClientSession session, SessionFrame first, AnswerForm form, ApiRequest request) : IResult, IStatusCodeHttpResult
{
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(1);

    /// <summary>A client that takes nothing for so long is closed.</summary>
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromMinutes(30);

    private static readonly ReadOnlyMemory<byte> Heartbeat = "{}"u8.ToArray();

    private readonly TimeProvider _time = request.Service<TimeProvider>();

    public int? StatusCode => StatusCodes.Status200OK;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var open = session;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(
            httpContext.RequestAborted, request.Service<IHostApplicationLifetime>().ApplicationStopping);
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        httpContext.Response.ContentType = form.ContentType;
        httpContext.Response.Headers.CacheControl = "no-cache";
        httpContext.Response.Headers.XContentTypeOptions = "nosniff";
        try
        {
            if (await StreamAsync(httpContext, ends.Token))
            {
                await httpContext.Response.CompleteAsync(); // the client need not wait for the session to be put away
            }
            else
            {
                httpContext.Abort();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ProblemException)
        {
            // The client left or was too slow, the instance stops, or the agent is gone: it can only be cut off.
            httpContext.Abort();
        }
    }

    /// <returns>False: it did not end well.</returns>
    private async Task<bool> StreamAsync(HttpContext http, CancellationToken ct)
    {
        var frame = (SessionFrame?)first;
        var caller = new CallerCheck(request);
        while (true)
        {
            if (frame?.End is { } end)
            {
                return end.Status == StatusCodes.Status200OK;
            }

            await WriteAsync(http, frame, ct);
            if (!await caller.IsStillValidAsync(ct))
            {
                return false;
            }

            frame = await session.NextAsync(HeartbeatEvery, ct);
        }
    }

    private async Task WriteAsync(HttpContext http, SessionFrame? frame, CancellationToken ct)
    {
        var bytes = form.Framed ? (frame is null ? Heartbeat : Framed(frame)) : frame?.Data ?? ReadOnlyMemory<byte>.Empty;
        if (bytes.IsEmpty)
        {
            return;
        }

        using var timeout = new CancellationTokenSource(WriteTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        await session.HoldAsync(SendAsync(), either.Token);

        async Task SendAsync()
        {
            await http.Response.Body.WriteAsync(bytes, either.Token);
            await http.Response.Body.FlushAsync(either.Token);
        }
    }

    /// <summary>Nomad's StreamFrame: what is empty is left out.</summary>
    private static ReadOnlyMemory<byte> Framed(SessionFrame frame)
    {
        var text = new ArrayBufferWriter<byte>((frame.Data?.Length ?? 0) * 4 / 3 + 256);
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            if (frame.Offset != 0)
            {
                json.WriteNumber("Offset", frame.Offset);
            }

            if (frame.Data is { Length: > 0 } data)
            {
                json.WriteBase64String("Data", data);
            }

            if (frame.File is { Length: > 0 } file)
            {
                json.WriteString("File", file);
            }

            if (frame.Event is { Length: > 0 } happened)
            {
                json.WriteString("FileEvent", happened);
            }

            json.WriteEndObject();
        }

        return text.WrittenMemory;
    }
}
