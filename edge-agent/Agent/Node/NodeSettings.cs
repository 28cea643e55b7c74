using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Node;

/// <summary>What the operator says of the machine, on this machine: names of interfaces have become addresses. Fixed while the agent runs.</summary>
internal sealed record NodeSettings
{
    private const decimal MicrosPerUnit = 1_000_000;

    public string? Class { get; private init; }
    public string? Pool { get; private init; }
    public long? PricePerHourMicros { get; private init; }
    public IReadOnlyDictionary<string, string>? Meta { get; private init; }
    public required IReadOnlyList<HostNetwork> Networks { get; init; }
    public IReadOnlyDictionary<string, HostVolume> Volumes { get; private init; } = new Dictionary<string, HostVolume>();
    public IReadOnlyList<DeviceGroup>? Devices { get; private init; }

    /// <param name="primary">The machine's address: of the network <c>default</c> where the configuration has none for it.</param>
    /// <exception cref="CommandLineException">It cannot be followed on this machine any more, though it could when it was read.</exception>
    public static NodeSettings Of(NodeConfig? config, string primary)
    {
        var networks = (config?.HostNetworks ?? []).Select((network, i) => network.ToNetwork($"hostNetworks[{i}]", primary)).ToList();
        if (networks.TrueForAll(network => network.Name != HostNetworkConfig.DefaultName))
        {
            networks.Insert(0, new HostNetwork(HostNetworkConfig.DefaultName, primary, []));
        }

        return new NodeSettings
        {
            Class = config?.Class,
            Pool = config?.Pool,
            PricePerHourMicros = config is { PricePerHour: > 0 } ? (long)(config.PricePerHour * MicrosPerUnit) : null,
            Meta = config?.Meta,
            Networks = networks,
            Volumes = (config?.HostVolumes ?? new Dictionary<string, HostVolumeConfig>())
                .ToDictionary(volume => volume.Key, volume => volume.Value.ToVolume(), StringComparer.Ordinal),
            Devices = config?.Devices is { Count: > 0 } devices ? [.. devices.Select(device => device.ToGroup())] : null,
        };
    }
}
