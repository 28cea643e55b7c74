using System.Net;
using System.Net.Sockets;

namespace Saas.TestKit;

/// <summary>
/// Loopback ports that nobody listens on just now. Another process may be faster: prefer binding port 0 where the
/// program under test can, and retry where it cannot.
/// </summary>
public static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>The first of <paramref name="count"/> consecutive free ports.</summary>
    public static int FindRange(int count)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var first = Find();
            if (first + count <= IPEndPoint.MaxPort && Enumerable.Range(first, count).All(IsFree))
            {
                return first;
            }
        }

        throw new InvalidOperationException($"Found no {count} consecutive free ports.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
