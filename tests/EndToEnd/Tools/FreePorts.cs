using System.Net.Sockets;

namespace Saas.EndToEnd.Tests.Tools;

/// <summary>Ports for programs that are told theirs, and keep them over a restart.</summary>
internal static class FreePorts
{
    /// <summary>The first of so many neighbouring ports that are free now.</summary>
    public static int Range(int count)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            var first = Random.Shared.Next(20_000, 30_000);
            if (Enumerable.Range(first, count).All(IsFree))
            {
                return first;
            }
        }

        throw new InvalidOperationException("No free range of ports.");
    }

    private static bool IsFree(int port)
    {
        using var probe = new TcpListener(System.Net.IPAddress.Loopback, port);
        try
        {
            probe.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
