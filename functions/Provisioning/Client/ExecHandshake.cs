using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Pipeline;
using Saas.Hosting.Problems;

namespace Saas.Provisioning.Client;

/// <summary>
/// Nomad's <c>ws_handshake</c>: the connection is upgraded before it is known whose it is, and its first message is
/// <c>{"version":1,"auth_token":…}</c>. It must come soon and be short. From there on the credential is where all others are.
/// </summary>
internal static class ExecHandshake
{
    private const int MaxBytes = 8 * 1024;
    private const int Version = 1;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly object Key = new();

    public static bool IsAskedFor(HttpContext http) =>
        http.WebSockets.IsWebSocketRequest && http.Request.Query["ws_handshake"] is ["true" or "1" or "t" or "T" or "TRUE" or "True", ..]
        && http.Request.Path.Value is { } path && path.StartsWith("/v1/client/allocation/", StringComparison.Ordinal)
        && path.EndsWith("/exec", StringComparison.Ordinal);

    /// <summary>The socket, once it was accepted; null: it was not.</summary>
    public static WebSocket? SocketOf(HttpContext http) => http.Items.TryGetValue(Key, out var socket) ? (WebSocket?)socket : null;

    public static async ValueTask<WebSocket> AcceptAsync(HttpContext http)
    {
        var socket = SocketOf(http) ?? await http.WebSockets.AcceptWebSocketAsync();
        http.Items[Key] = socket;
        return socket;
    }

    /// <exception cref="ProblemException">Nomad's 400: it does not come, or is none.</exception>
    public static async ValueTask ReadAsync(HttpContext http)
    {
        var socket = await AcceptAsync(http);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        timeout.CancelAfter(Patience);
        var (version, token) = Parse(await FirstAsync(socket, timeout.Token));
        if (Credentials.Of(http.Request) is { } header && header != token)
        {
            throw Refused("handshake auth token mismatched auth header token");
        }

        if (version != Version)
        {
            throw Refused($"unexpected handshake value: {version}");
        }

        if (token.Length > 0)
        {
            http.Request.Headers["X-Nomad-Token"] = token;
        }
    }

    private static async Task<byte[]> FirstAsync(WebSocket socket, CancellationToken ct)
    {
        var (buffer, length) = (new byte[MaxBytes], 0);
        try
        {
            while (length < buffer.Length)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
                length += part.Count;
                if (part.MessageType == WebSocketMessageType.Close || part.EndOfMessage)
                {
                    return buffer[..length];
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            throw Refused("no handshake message came");
        }

        throw Refused("handshake message is too long");
    }

    private static (int Version, string Token) Parse(byte[] message)
    {
        try
        {
            using var document = JsonDocument.Parse(message);
            var root = document.RootElement;
            return (root.TryGetProperty("version", out var version) ? version.GetInt32() : 0, root.TryGetProperty("auth_token", out var token) ? token.GetString() ?? "" : "");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw Refused("handshake message is not the protocol's");
        }
    }

    private static ProblemException Refused(string text) => new(Nomad.NomadErrors.BadRequest("ws_handshake", text));
}

/// <summary>
/// A problem said on a socket, as Nomad says it: in the message that closes it. The client's own is waited for, or the reset of
/// a connection with something unread would overtake ours.
/// </summary>
/// <param name="isRead">Somebody else reads the socket and waits.</param>
internal sealed class ClosedSocket(WebSocket socket, PeerError error, bool isRead = false) : IResult, IStatusCodeHttpResult
{
    /// <summary>Of a close message (RFC 6455 §5.5), less the code.</summary>
    private const int MaxReasonBytes = 123;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public int? StatusCode => error.Status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted);
        timeout.CancelAfter(Patience);
        try
        {
            await socket.CloseOutputAsync(
                error.Status == StatusCodes.Status500InternalServerError ? WebSocketCloseStatus.InternalServerError : WebSocketCloseStatus.PolicyViolation,
                Cut(error.Text), timeout.Token);
            var dropped = new byte[4096];
            while (!isRead && (await socket.ReceiveAsync(dropped, timeout.Token)).MessageType != WebSocketMessageType.Close)
            {
                continue; // what it sent meanwhile
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            httpContext.Abort();
        }
    }

    private static string Cut(string text)
    {
        while (Encoding.UTF8.GetByteCount(text) > MaxReasonBytes)
        {
            text = text[..^1];
        }

        return text;
    }
}
