using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Saas.Benchmarks.Http;

/// <summary>
/// One kept-alive connection that sends one fixed request after the other. HttpClient costs more than the server it
/// measures, on the same cores; this costs a write, a read and a search for the end of the headers.
/// </summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _request;
    private readonly byte[] _buffer;

    private LoadConnection(Socket socket, byte[] request, int answerBytes) =>
        (_socket, _request, _buffer) = (socket, request, new byte[answerBytes]);

    public static Task<LoadConnection> OpenAsync(Uri server, string path, string? bearer, CancellationToken ct)
    {
        var credential = bearer is null ? "" : $"Authorization: Bearer {bearer}\r\n";
        return OpenAsync(server, Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\n{credential}\r\n"), 16 * 1024, ct);
    }

    /// <param name="answerBytes">At least those of the longest answer, headers included.</param>
    public static async Task<LoadConnection> PostAsync(
        Uri server, string path, string token, ReadOnlyMemory<byte> body, int answerBytes, CancellationToken ct)
    {
        var head = Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nX-Vault-Token: {token}\r\n" +
            $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
        return await OpenAsync(server, [.. head, .. body.Span], answerBytes, ct);
    }

    /// <exception cref="InvalidOperationException">The answer is not 200.</exception>
    public async ValueTask SendAsync(CancellationToken ct)
    {
        await _socket.SendAsync(_request, SocketFlags.None, ct);
        var read = 0;
        while (true)
        {
            var more = await _socket.ReceiveAsync(_buffer.AsMemory(read), SocketFlags.None, ct);
            if (more == 0)
            {
                throw new InvalidOperationException("The server closed the connection.");
            }

            read += more;
            if (IsWhole(_buffer.AsSpan(0, read)))
            {
                return;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static async Task<LoadConnection> OpenAsync(Uri server, byte[] request, int answerBytes, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port, ct);
        return new LoadConnection(socket, request, answerBytes);
    }

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return false;
        }

        if (!answer.StartsWith("HTTP/1.1 200"u8))
        {
            throw new InvalidOperationException(Encoding.ASCII.GetString(answer));
        }

        var headers = answer[..end];
        var length = headers.IndexOf("Content-Length: "u8);
        if (length < 0)
        {
            // Chunked: ends with the empty chunk.
            return answer.EndsWith("0\r\n\r\n"u8);
        }

        var value = headers[(length + "Content-Length: ".Length)..];
        var stop = value.IndexOf((byte)'\r');
        return answer.Length - end - 4 >= int.Parse(stop < 0 ? value : value[..stop], CultureInfo.InvariantCulture);
    }
}
