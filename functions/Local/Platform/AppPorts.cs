using System.Net;
using System.Net.Sockets;

namespace Saas.Local.Platform;

/// <summary>
/// Which loopback port each app listens on. Every app has its place from the first port up, also one that is not built
/// yet, so that an address written down stays right when the next app comes.
/// </summary>
internal static class AppPorts
{
    public const int DefaultFirst = 7071;

    private static readonly string[] Order = ["onboarding", "provisioning", "encryption", "registry", "billing"];

    /// <param name="first">0: a free port chosen by the system.</param>
    public static int Of(string app, int first) => first == 0 ? Free() : first + Array.IndexOf(Order, app);

    private static int Free()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
