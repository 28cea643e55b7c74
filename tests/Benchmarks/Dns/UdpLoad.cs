using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Saas.Benchmarks.Dns;

/// <summary>
/// One client with a fixed number of datagrams on their way: it sends that many, takes that many, and so on. Blocking calls:
/// they are the cheapest, and it shares the processor with what it measures.
/// </summary>
internal sealed class UdpLoad : IDisposable
{
    /// <summary>Few enough to fit into a socket's buffer: none is lost on loopback.</summary>
    private const int Window = 32;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly byte[] _message;
    private readonly int _answerBytes;
    private readonly byte[] _buffer = new byte[65536];

    /// <param name="answerBytes">At least so many has an answer, or something is wrong with it.</param>
    public UdpLoad(IPEndPoint server, byte[] message, int answerBytes)
    {
        (_message, _answerBytes) = (message, answerBytes);
        _socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        _socket.Connect(server);
    }

    /// <returns>Answers a second.</returns>
    /// <exception cref="InvalidOperationException">An answer is too short.</exception>
    /// <exception cref="SocketException">One did not come.</exception>
    public Task<double> PerSecondAsync(TimeSpan duration, CancellationToken ct) => Task.Factory.StartNew(
        () =>
        {
            var begin = Stopwatch.GetTimestamp();
            long answers = 0;
            while (Stopwatch.GetElapsedTime(begin) < duration)
            {
                ct.ThrowIfCancellationRequested();
                for (var i = 0; i < Window; i++)
                {
                    _socket.Send(_message);
                }

                for (var i = 0; i < Window; i++)
                {
                    var bytes = _socket.Receive(_buffer);
                    if (bytes < _answerBytes)
                    {
                        throw new InvalidOperationException($"An answer has {bytes} bytes instead of {_answerBytes}: {Convert.ToHexString(_buffer, 0, bytes)}");
                    }
                }

                answers += Window;
            }

            return answers / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        },
        ct,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    public void Dispose() => _socket.Dispose();
}
