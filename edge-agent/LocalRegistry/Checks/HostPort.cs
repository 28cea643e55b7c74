using System.Net;
using System.Net.Sockets;

namespace Saas.LocalRegistry.Checks;

/// <summary>Where a check connects to: <c>host:port</c>, <c>[v6]:port</c>.</summary>
internal readonly record struct HostPort(string Host, int Port)
{
    /// <summary>Null: the text is none.</summary>
    public static HostPort? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), System.Globalization.NumberStyles.None, null, out var port) || port is < 1 or > IPEndPoint.MaxPort)
        {
            return null;
        }

        var host = text[..colon];
        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
        }
        else if (host.Contains(':'))
        {
            return null;
        }

        return host.Length == 0 ? null : new HostPort(host, port);
    }

    /// <exception cref="SocketException">Nobody there, or no such host.</exception>
    public async Task<Socket> ConnectAsync(CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(Host, Port, ct);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
