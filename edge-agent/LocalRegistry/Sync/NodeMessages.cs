using System.Text.Json;
using Saas.Discovery.Model;
using Saas.Discovery.Sync;
using Saas.LocalRegistry.Checks;

namespace Saas.LocalRegistry.Sync;

/// <summary>The node's description, and messages as bytes that the registry takes.</summary>
internal static class NodeMessages
{
    private static readonly int[] OutputBytes = [1024, 128, 0];

    public static Node Describe(LocalRegistryOptions options)
    {
        var address = options.Address.ToString();
        var family = options.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? "ipv4" : "ipv6";
        return new Node
        {
            ID = options.NodeId,
            Name = options.NodeName,
            Address = address,
            TaggedAddresses = new Dictionary<string, string>
            {
                ["lan"] = address, ["lan_" + family] = address, ["wan"] = address, ["wan_" + family] = address,
            },
            Meta = options.NodeMeta,
        };
    }

    /// <summary>Outputs are cut as far as the message would otherwise be too long: what counts is the statuses.</summary>
    public static byte[] Serialize(NodeSync message)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(message, SyncJson.Default.NodeSync);
        foreach (var limit in OutputBytes)
        {
            if (bytes.Length <= SyncProtocol.MaxBodyBytes)
            {
                break;
            }

            var checks = message.Checks.Select(c => c with { Output = OutputLimit.Head(c.Output, limit) });
            bytes = JsonSerializer.SerializeToUtf8Bytes(message with { Checks = [.. checks] }, SyncJson.Default.NodeSync);
        }

        return bytes;
    }
}
