using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Grants;

/// <summary>Static and dynamic ports of a node's networks. The dynamic range is Nomad's default.</summary>
internal static class PortChoice
{
    public const int FirstDynamic = 20_000;
    public const int LastDynamic = 32_000;
    private const int DynamicCount = LastDynamic - FirstDynamic + 1;

    public static bool IsDynamic(int port) => port is >= FirstDynamic and <= LastDynamic;

    public static bool Fits(NodeSpec node, IReadOnlyList<PortAsk> asks, NodeGrants taken)
    {
        foreach (var ask in asks)
        {
            if (NetworkOf(node, ask.Network) is not { } network)
            {
                return false;
            }

            if (ask.Static > 0)
            {
                if (taken.IsTaken(network.Name, ask.Static) || network.ReservedPorts.Contains(ask.Static))
                {
                    return false;
                }
            }
            else if (FreeDynamic(network, asks, taken) < DynamicAsks(asks, network.Name))
            {
                return false;
            }
        }

        return true;
    }

    public static IReadOnlyList<GrantedPort> Choose(NodeSpec node, IReadOnlyList<PortAsk> asks, NodeGrants taken, ulong seed)
    {
        if (asks.Count == 0)
        {
            return [];
        }

        var ports = new List<GrantedPort>(asks.Count);
        var own = new HashSet<(string, int)>();
        foreach (var ask in asks)
        {
            if (ask.Static > 0)
            {
                own.Add((ask.Network, ask.Static));
            }
        }

        var offset = (int)(seed % DynamicCount);
        foreach (var ask in asks)
        {
            var value = ask.Static;
            if (value == 0)
            {
                var reserved = NetworkOf(node, ask.Network)!.ReservedPorts;
                do
                {
                    value = FirstDynamic + offset;
                    offset = (offset + 1) % DynamicCount;
                }
                while (taken.IsTaken(ask.Network, value) || reserved.Contains(value) || !own.Add((ask.Network, value)));
            }

            ports.Add(new GrantedPort(ask.Label, value, ask.To, ask.Network));
        }

        return ports;
    }

    private static int FreeDynamic(NodeNetwork network, IReadOnlyList<PortAsk> asks, NodeGrants taken)
    {
        var free = DynamicCount - taken.DynamicPortsOf(network.Name);
        foreach (var port in network.ReservedPorts)
        {
            free -= IsDynamic(port) && !taken.IsTaken(network.Name, port) ? 1 : 0;
        }

        // Its own static ports may lie in the range as well.
        foreach (var ask in asks)
        {
            free -= ask.Network == network.Name && IsDynamic(ask.Static) ? 1 : 0;
        }

        return free;
    }

    private static int DynamicAsks(IReadOnlyList<PortAsk> asks, string network)
    {
        var count = 0;
        foreach (var ask in asks)
        {
            count += ask.Static == 0 && ask.Network == network ? 1 : 0;
        }

        return count;
    }

    private static NodeNetwork? NetworkOf(NodeSpec node, string name)
    {
        foreach (var network in node.Networks)
        {
            if (network.Name == name)
            {
                return network;
            }
        }

        return null;
    }
}
