using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Saas.Contracts.Agents;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Provisioning.Client.Sessions;

namespace Saas.Provisioning.Client;

/// <summary>
/// A command's input and output on a WebSocket, in Nomad's messages. Both directions are bounded by the session's windows: a
/// client that does not read stops its command, and one that sends faster than its command reads is not read from.
/// </summary>
internal sealed class ExecAnswer(ClientSession session, WebSocket socket, ApiRequest request) : IResult, IStatusCodeHttpResult
{
    private const int MaxMessageBytes = 1024 * 1024;
    private const int MaxTerminal = 10_000;
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(10);

    /// <summary>For the client's closing message, once ours was sent.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private static readonly ReadOnlyMemory<byte> Heartbeat = "{}"u8.ToArray();

    public int? StatusCode => StatusCodes.Status101SwitchingProtocols;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await using var open = session;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(
            httpContext.RequestAborted, request.Service<IHostApplicationLifetime>().ApplicationStopping);
        var input = ReadInputAsync(ends);
        try
        {
            await WriteOutputAsync(httpContext, ends.Token);
            await input.WaitAsync(CloseTimeout, ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (ProblemException e)
        {
            await RefuseAsync(httpContext, e.Problem);
            await input.WaitAsync(CloseTimeout, ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            httpContext.Abort(); // the client left, or the instance stops
        }
        finally
        {
            await ends.CancelAsync();
            await input;
        }
    }

    private async Task WriteOutputAsync(HttpContext http, CancellationToken ct)
    {
        var caller = new CallerCheck(request);
        while (true)
        {
            var frame = await session.NextAsync(HeartbeatEvery, ct);
            if (!await caller.IsStillValidAsync(ct))
            {
                await RefuseAsync(http, Problem.Of("credential-revoked", "The credential is not valid any more.", StatusCodes.Status403Forbidden)
                    with { Peer = new PeerError(StatusCodes.Status403Forbidden, "ACL token not found") });
                return;
            }

            if (frame?.End is { } end)
            {
                if (end.Status != StatusCodes.Status200OK)
                {
                    await RefuseAsync(http, SessionProblems.Of(end.Status, end.Error ?? ""));
                    return;
                }

                await SendAsync(Exited(end.ExitCode ?? 0), ct);
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
                return;
            }

            await session.HoldAsync(SendAsync(frame is null ? Heartbeat : Output(frame), ct), ct);
        }
    }

    private Task RefuseAsync(HttpContext http, Problem problem) =>
        new ClosedSocket(socket, problem.Peer ?? new PeerError(problem.Status, problem.Title), isRead: true).ExecuteAsync(http);

    private Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken ct) =>
        socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, ct).AsTask();

    /// <summary>Until the client closes: then the command has nobody left, and ends with the session.</summary>
    private async Task ReadInputAsync(CancellationTokenSource ends)
    {
        try
        {
            var message = new ArrayBufferWriter<byte>(4096);
            while (await ReceiveAsync(message, ends.Token))
            {
                foreach (var frame in Input(message.WrittenMemory))
                {
                    await session.WriteAsync(frame, ends.Token);
                }

                message.ResetWrittenCount();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ProblemException or JsonException or InvalidOperationException or FormatException)
        {
            // It left, sent what is none of the protocol's messages, or the session has ended: all the same to the command.
            await ends.CancelAsync();
            return;
        }

        await ends.CancelAsync();
    }

    /// <summary>False: the client closes.</summary>
    private async Task<bool> ReceiveAsync(ArrayBufferWriter<byte> message, CancellationToken ct)
    {
        while (true)
        {
            var part = await socket.ReceiveAsync(message.GetMemory(4096), ct);
            if (part.MessageType == WebSocketMessageType.Close || message.WrittenCount + part.Count > MaxMessageBytes)
            {
                return false;
            }

            message.Advance(part.Count);
            if (part.EndOfMessage)
            {
                return true;
            }
        }
    }

    /// <summary>Nomad's ExecTaskStreamingRequestMsg; a heartbeat is none.</summary>
    private static List<SessionFrame> Input(ReadOnlyMemory<byte> message)
    {
        using var document = JsonDocument.Parse(message);
        var (root, frames) = (document.RootElement, new List<SessionFrame>());
        if (root.TryGetProperty("stdin", out var stdin) && stdin.ValueKind == JsonValueKind.Object)
        {
            if (stdin.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.String)
            {
                frames.AddRange(data.GetBytesFromBase64().Chunk(SessionProtocol.MaxDataBytes).Select(static part => new SessionFrame { Stream = "stdin", Data = part }));
            }

            if (stdin.TryGetProperty("close", out var close) && close.ValueKind == JsonValueKind.True)
            {
                frames.Add(new SessionFrame { Stream = "stdin", Close = true });
            }
        }

        if (root.TryGetProperty("tty_size", out var size) && size.ValueKind == JsonValueKind.Object)
        {
            frames.Add(new SessionFrame { Size = new TerminalSize(Side(size, "height"), Side(size, "width")) });
        }

        return frames;
    }

    private static int Side(JsonElement size, string name) => size.TryGetProperty(name, out var side) ? Math.Clamp(side.GetInt32(), 0, MaxTerminal) : 0;

    /// <summary>Nomad's ExecTaskStreamingResponseMsg.</summary>
    private static ReadOnlyMemory<byte> Output(SessionFrame frame) => Write(json =>
    {
        json.WriteStartObject(frame.Stream ?? "stdout");
        if (frame.Data is { Length: > 0 } data)
        {
            json.WriteBase64String("data", data);
        }

        if (frame.Close)
        {
            json.WriteBoolean("close", true);
        }

        json.WriteEndObject();
    });

    private static ReadOnlyMemory<byte> Exited(int code) => Write(json =>
    {
        json.WriteBoolean("exited", true);
        json.WriteStartObject("result");
        json.WriteNumber("exit_code", code);
        json.WriteEndObject();
    });

    private static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        var text = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(text);
        json.WriteStartObject();
        members(json);
        json.WriteEndObject();
        json.Flush();
        return text.WrittenMemory;
    }
}
