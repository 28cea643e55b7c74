using System.Text.Json;
using Saas.Contracts;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Diffs;

/// <summary>Networks of a group: one that changed is another one, as Nomad has it, so it is shown as deleted and added.</summary>
internal static class NetworkDiffs
{
    public static IReadOnlyList<ObjectDiff> Of(IReadOnlyList<NetworkResource>? old, IReadOnlyList<NetworkResource>? now) => Differences.OfSet(
        old, now, static network => JsonSerializer.Serialize(network, NomadJson.Default.NetworkResource),
        static (before, after) => before is not null && after is not null ? null : Of(before, after));

    private static ObjectDiff Of(NetworkResource? old, NetworkResource? now) => new()
    {
        Type = DiffTypes.Of(old is not null, now is not null),
        Name = "Network",
        Fields = Differences.OfFields(Fields(old), Fields(now), isContextual: true),
        Objects = Differences.Together(OfPorts("Static Port", old?.ReservedPorts, now?.ReservedPorts), OfPorts("Dynamic Port", old?.DynamicPorts, now?.DynamicPorts)),
    };

    private static FlatFields? Fields(NetworkResource? network) => network is null ? null : new FlatFields()
        .Text(nameof(network.Mode), network.Mode)
        .Text(nameof(network.Hostname), network.Hostname);

    private static IReadOnlyList<ObjectDiff> OfPorts(string name, IReadOnlyList<Port>? old, IReadOnlyList<Port>? now) => Differences.OfSet(
        old, now, static port => port.Label ?? "",
        (before, after) => Differences.OfObject(name, Fields(name, before), Fields(name, after)));

    private static FlatFields? Fields(string name, Port? port)
    {
        if (port is null)
        {
            return null;
        }

        var fields = new FlatFields()
            .Text(nameof(port.Label), port.Label)
            .Number(nameof(port.To), port.To)
            .Text(nameof(port.HostNetwork), port.HostNetwork);
        return name == "Static Port" ? fields.Number(nameof(port.Value), port.Value).Flag(nameof(port.IgnoreCollision), port.IgnoreCollision) : fields;
    }
}
