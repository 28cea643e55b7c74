using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Saas.Benchmarks.Registry;

/// <summary>One client that blocks on a service until it changes.</summary>
internal sealed class Watcher : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>When the answer had come whole (see <see cref="Stopwatch"/>).</summary>
    public Task<long> AnsweredAt { get; private set; } = Task.FromResult(0L);

    public async Task BlockAsync(Uri server, string token, string path, CancellationToken ct)
    {
        await _socket.ConnectAsync(server.Host, server.Port, ct);
        await _socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\nAuthorization: Bearer {token}\r\n\r\n"), SocketFlags.None, ct);
        AnsweredAt = ReceiveAsync(ct);
    }

    public void Dispose() => _socket.Dispose();

    private async Task<long> ReceiveAsync(CancellationToken ct)
    {
        // Thousands wait: memory for the answer is borrowed when it comes, so that it is not the load's collections that are measured.
        await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, ct);
        var buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
        try
        {
            var read = 0;
            while (true)
            {
                var more = await _socket.ReceiveAsync(buffer.AsMemory(read), SocketFlags.None, ct);
                read += more;
                if (more == 0)
                {
                    throw new InvalidOperationException("The server closed the connection: " + Encoding.ASCII.GetString(buffer, 0, read));
                }

                if (IsWhole(buffer.AsSpan(0, read)))
                {
                    return Stopwatch.GetTimestamp();
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
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

        var value = answer[(answer.IndexOf("Content-Length: "u8) + "Content-Length: ".Length)..end];
        var stop = value.IndexOf((byte)'\r');
        return answer.Length - end - 4 >= int.Parse(stop < 0 ? value : value[..stop], CultureInfo.InvariantCulture);
    }
}
