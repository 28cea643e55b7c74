using Saas.Scheduler.Core.Model;

namespace Saas.Scheduler.Core.Tests.Oracle;

/// <summary>Nodes of every kind, from a seed.</summary>
internal sealed class RandomNodes(Random random)
{
    private int _count;

    public NodeSpec Next()
    {
        var cores = random.Next(0, 9);
        return new NodeSpec
        {
            Id = $"node-{_count++}",
            Name = $"host-{random.Next(12)}",
            Datacenter = Pick("dc1", "dc1", "dc2", "eu-3"),
            Region = Pick("eu", "us"),
            Class = Pick("", "gpu", "large"),
            Pool = Pick("default", "default", "default", "gpu", "cloud"),
            Status = random.Next(12) == 0 ? NodeStatus.Down : random.Next(15) == 0 ? NodeStatus.Initializing : NodeStatus.Ready,
            Eligible = random.Next(12) > 0,
            PricePerHourMicros = Pick(0, 100_000, 100_000, 250_000),
            Attributes = Attributes(),
            Meta = Meta(),
            Drivers = new Dictionary<string, bool> { ["exec"] = random.Next(12) > 0, ["docker"] = random.Next(2) == 0 },
            CpuMhz = random.Next(10) == 0 ? random.Next(0, 500) : Pick(2000, 4000, 4000, 9001),
            Cores = cores,
            MemoryMb = random.Next(10) == 0 ? random.Next(0, 300) : Pick(1024, 4096, 4096, 16_000),
            DiskMb = Pick(500, 50_000),
            Networks = random.Next(6) == 0 ? [] : random.Next(3) == 0
                ? [new NodeNetwork("default", [22]), new NodeNetwork("public", [80, 20_005])]
                : [new NodeNetwork("default", random.Next(4) == 0 ? [.. Enumerable.Range(20_000, 11_999)] : [])],
            Volumes = random.Next(2) == 0 ? new Dictionary<string, bool>() : new Dictionary<string, bool> { ["data"] = random.Next(2) == 0 },
            Devices = Devices(),
            DocumentBytes = random.Next(6) == 0 ? random.Next(100, 800) : int.MaxValue,
        };
    }

    /// <summary>What may change about a node while it is there.</summary>
    /// <param name="resizes">Its capacity as well, whatever is on it.</param>
    public NodeSpec Changed(NodeSpec node, bool resizes) => With(
        node,
        status: random.Next(3) == 0 ? Pick(NodeStatus.Ready, NodeStatus.Down, NodeStatus.Initializing) : NodeStatus.Ready,
        eligible: random.Next(5) > 0,
        drain: random.Next(8) == 0 ? new Drain(null, IgnoreSystem: random.Next(2) == 0) : null,
        attributes: random.Next(3) == 0 ? Attributes() : node.Attributes,
        price: random.Next(4) == 0 ? random.Next(0, 300_000) : node.PricePerHourMicros,
        pool: random.Next(8) == 0 ? Pick("default", "gpu", "cloud") : node.Pool,
        cpuMhz: resizes && random.Next(3) == 0 ? random.Next(0, 9000) : node.CpuMhz,
        memoryMb: node.MemoryMb + (random.Next(6) == 0 ? 500 : 0),
        devices: resizes && random.Next(3) == 0 ? Devices() : node.Devices);

    private static NodeSpec With(
        NodeSpec node, NodeStatus status, bool eligible, Drain? drain, IReadOnlyDictionary<string, string> attributes, long price, string pool,
        int cpuMhz, int memoryMb, IReadOnlyList<NodeDevices> devices) => new()
        {
            Id = node.Id,
            Name = node.Name,
            Datacenter = node.Datacenter,
            Region = node.Region,
            Class = node.Class,
            Pool = pool,
            Status = status,
            Eligible = eligible,
            Drain = drain,
            PricePerHourMicros = price,
            Attributes = attributes,
            Meta = node.Meta,
            Drivers = node.Drivers,
            CpuMhz = cpuMhz,
            Cores = node.Cores,
            MemoryMb = memoryMb,
            DiskMb = node.DiskMb,
            Networks = node.Networks,
            Volumes = node.Volumes,
            Devices = devices,
            DocumentBytes = node.DocumentBytes,
        };

    private Dictionary<string, string> Attributes()
    {
        var attributes = new Dictionary<string, string> { ["kernel.name"] = Pick("linux", "linux", "windows"), ["unique.hostname"] = $"h{random.Next(20)}" };
        Maybe("rack", Pick("r1", "r2", "r3"));
        Maybe("version", Pick("1.2.0", "1.2.7", "1.10.0", "2.0.1"));
        Maybe("features", Pick("sse4, avx2", "avx2,vmx", "vmx"));
        Maybe("load", Pick("0.5", "9", "12"));
        return attributes;

        void Maybe(string name, string value)
        {
            if (random.Next(5) > 0)
            {
                attributes[name] = value;
            }
        }
    }

    private Dictionary<string, string> Meta() => random.Next(3) switch
    {
        0 => [],
        1 => new() { ["residency.data_classes"] = "pii, health", ["unique.slot"] = $"s{random.Next(5)}" },
        _ => new() { ["residency.data_classes"] = "pii" },
    };

    private NodeDevices[] Devices()
    {
        List<NodeDevices> devices = [];
        Maybe("nvidia", "gpu", "a100", "40 GiB", 4);
        Maybe("nvidia", "gpu", "t4", "16384 MiB", 3);
        Maybe("intel", "fpga", "x", "2 GiB", 2);
        return [.. devices];

        void Maybe(string vendor, string type, string name, string memory, int most)
        {
            if (random.Next(3) == 0)
            {
                var ids = Enumerable.Range(0, random.Next(1, most + 1)).Select(i => $"{name}-{i}");
                devices.Add(new NodeDevices(vendor, type, name, new Dictionary<string, string> { ["memory"] = memory }, [.. ids]));
            }
        }
    }

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[random.Next(choices.Length)];
}
