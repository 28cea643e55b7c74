using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Saas.EndToEnd.Tests.Client;

/// <summary>A wire that can be cut: passes bytes on both ways until all connections through it are dropped.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly Uri _target;
    private readonly Task _accepting;
    private int _cut;

    public CuttingProxy(Uri target)
    {
        _target = target;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>How many connections were cut so far.</summary>
    public int CutConnections => Volatile.Read(ref _cut);

    /// <summary>Drops all connections there are, with a reset as a broken network would.</summary>
    public void Cut()
    {
        foreach (var socket in _open.Keys)
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
                socket.Close();
                Interlocked.Increment(ref _cut);
            }
            catch (ObjectDisposedException)
            {
                continue; // it has just ended by itself
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        Cut();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = PassAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return; // stopped
        }
    }

    private async Task PassAsync(Socket from)
    {
        using var to = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _open[from] = _open[to] = true;
        try
        {
            (from.NoDelay, to.NoDelay) = (true, true);
            await to.ConnectAsync(_target.Host, _target.Port);
            await Task.WhenAny(CopyAsync(from, to), CopyAsync(to, from));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return; // cut
        }
        finally
        {
            _open.TryRemove(from, out _);
            _open.TryRemove(to, out _);
            from.Dispose();
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int read;
            while ((read = await from.ReceiveAsync(buffer)) > 0)
            {
                await to.SendAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return; // cut, or the other side has ended
        }
    }
}
