using Saas.Cluster;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Simulation;

/// <summary>Machines of several kinds in three sites, one of them rented by the hour.</summary>
internal static class FingerprintMaker
{
    public static readonly string[] Datacenters = ["berlin", "munich", "vienna"];
    public static readonly string[] Racks = ["r1", "r2", "r3", "r4"];

    public static NodeRecord Node(string id, NodeFingerprint fingerprint, Chance chance, DateTimeOffset now)
    {
        var datacenter = fingerprint.NodePool == "cloud" ? "vienna" : chance.Of(Datacenters);
        return new NodeRecord
        {
            Id = id,
            SiteId = "site_" + datacenter,
            Datacenter = datacenter,
            Region = World.Region,
            Meta = datacenter switch
            {
                "berlin" => new Dictionary<string, string> { ["residency.data_classes"] = "personal, health" },
                "munich" => new Dictionary<string, string> { ["residency.data_classes"] = "personal" },
                _ => new Dictionary<string, string>(),
            },
            Status = NodeStatus.Initializing,
            EnrolledAt = now,
            StatusChangedAt = now,
        };
    }

    public static NodeFingerprint Any(int number, Chance chance)
    {
        var pool = (number % 7) switch { 3 => "cloud", 5 => "gpu", _ => NodePools };
        var cores = chance.Of(4, 8, 16);
        return new NodeFingerprint
        {
            ProtocolVersion = AgentProtocol.OldestPlaced,
            AgentVersion = "1.0",
            Name = $"host-{number}",
            Resources = new NodeResources { Cores = cores, CpuMhz = cores * 2000, MemoryMB = cores * chance.Of(1024, 2048), DiskMB = 40_000 },
            Attributes = new Dictionary<string, string>
            {
                ["kernel.name"] = "linux",
                ["cpu.arch"] = chance.Of("amd64", "amd64", "arm64"),
                ["os.version"] = chance.Of("22.04", "24.04"),
            },
            Drivers = new Dictionary<string, DriverFingerprint>
            {
                [DriverNames.Exec] = new(true, ""),
                [DriverNames.Vm] = new(chance.OneIn(2), ""),
            },
            NodeClass = chance.Of("small", "large", null),
            NodePool = pool == NodePools ? null : pool,
            PricePerHourMicros = pool == "cloud" ? chance.Between(50_000, 90_000) : chance.Between(5_000, 20_000),
            Meta = new Dictionary<string, string> { ["rack"] = chance.Of(Racks), ["tags"] = chance.Of("ssd,fast", "hdd", "ssd") },
            Networks = [new HostNetwork("default", "10.0.0.1", [22, 8080]), .. chance.OneIn(3) ? [new HostNetwork("dmz", "192.0.2.1")] : Array.Empty<HostNetwork>()],
            Volumes = chance.OneIn(2) ? new Dictionary<string, HostVolume> { ["data"] = new("/data", chance.OneIn(3)) } : null,
            Devices = pool == "gpu" || chance.OneIn(5)
                ? [new DeviceGroup("nvidia", "gpu", chance.Of("a100", "t4"), new Dictionary<string, bool> { ["g0"] = true, ["g1"] = true, ["g2"] = chance.OneIn(2) })]
                : null,
        };
    }

    /// <summary>Also less room than before, and less than what runs there.</summary>
    public static NodeFingerprint Changed(NodeFingerprint before, Chance chance) => chance.Below(4) switch
    {
        0 => before with
        {
            Drivers = new Dictionary<string, DriverFingerprint>
            {
                [DriverNames.Exec] = new(!chance.OneIn(6), ""), [DriverNames.Vm] = new(chance.OneIn(2), ""),
            },
        },
        1 => before with { Meta = new Dictionary<string, string> { ["rack"] = before.Meta!["rack"], ["tags"] = chance.Of("ssd,fast", "hdd", "ssd") } },
        2 when before.Resources is { Cores: > 2, MemoryMB: > 4096 } => before with
        {
            Resources = chance.OneIn(2)
                ? before.Resources with { MemoryMB = before.Resources.MemoryMB / 2 }
                : before.Resources with { Cores = before.Resources.Cores / 2, CpuMhz = before.Resources.CpuMhz / 2 },
        },
        _ => before with { Resources = before.Resources with { MemoryMB = Math.Min(before.Resources.MemoryMB + 512, 40_000) } },
    };

    private const string NodePools = "default";
}
