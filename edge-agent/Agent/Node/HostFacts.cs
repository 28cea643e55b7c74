using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Node;

/// <summary>What the machine is, as the kernel tells it: Nomad's attribute names.</summary>
internal sealed record HostFacts(NodeResources Resources, IReadOnlyDictionary<string, string> Attributes)
{
    private const string AddressAttribute = "unique.network.ip-address";
    private const int FallbackMhz = 1000;

    /// <summary>The IPv4 address that packets to the outside leave from, or the machine's first.</summary>
    public string PrimaryAddress => Attributes.GetValueOrDefault(AddressAttribute) ?? Registry.RegistryConfig.FirstAddress().ToString();

    /// <param name="dataDirectory">Its file system's free space is the node's disk.</param>
    public static HostFacts Read(string dataDirectory)
    {
        var processor = File.ReadAllText("/proc/cpuinfo");
        var cores = Environment.ProcessorCount;
        var mhz = CoreMhz(processor);
        var memoryBytes = MemoryBytes();
        var disk = new DriveInfo(dataDirectory);
        var system = OsRelease();
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["kernel.name"] = "linux",
            ["kernel.version"] = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            ["kernel.arch"] = RuntimeInformation.OSArchitecture == Architecture.X64 ? "x86_64" : "aarch64",
            ["cpu.arch"] = RuntimeInformation.OSArchitecture == Architecture.X64 ? "amd64" : "arm64",
            ["cpu.numcores"] = cores.ToString(),
            ["cpu.frequency"] = mhz.ToString(),
            ["cpu.totalcompute"] = (mhz * cores).ToString(),
            ["memory.totalbytes"] = memoryBytes.ToString(),
            ["os.name"] = system.GetValueOrDefault("ID", "linux"),
            ["os.version"] = system.GetValueOrDefault("VERSION_ID", ""),
            ["unique.hostname"] = Environment.MachineName,
            ["unique.storage.bytestotal"] = disk.TotalSize.ToString(),
            ["unique.storage.bytesfree"] = disk.AvailableFreeSpace.ToString(),
        };
        if (Field(processor, "model name") is { } model)
        {
            attributes["cpu.modelname"] = model;
        }

        if (OutboundAddress() is { } address)
        {
            attributes[AddressAttribute] = address;
        }

        return new HostFacts(
            new NodeResources
            {
                Cores = cores,
                CpuMhz = mhz * cores,
                MemoryMB = (int)(memoryBytes >> 20),
                DiskMB = (int)Math.Min(disk.AvailableFreeSpace >> 20, int.MaxValue),
            },
            attributes);
    }

    /// <summary>MHz of one core.</summary>
    public static int CoreMhz() => CoreMhz(File.ReadAllText("/proc/cpuinfo"));

    private static int CoreMhz(string processor)
    {
        const string MaxFrequency = "/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq"; // kHz
        if (File.Exists(MaxFrequency) && int.TryParse(File.ReadAllText(MaxFrequency), out var kilohertz))
        {
            return kilohertz / 1000;
        }

        return double.TryParse(Field(processor, "cpu MHz"), CultureInfo.InvariantCulture, out var mhz) && mhz >= 1 ? (int)mhz : FallbackMhz;
    }

    private static long MemoryBytes() =>
        long.Parse(Field(File.ReadAllText("/proc/meminfo"), "MemTotal")!.Split(' ')[0], CultureInfo.InvariantCulture) * 1024;

    private static string? Field(string text, string name) => text.Split('\n')
        .Select(line => line.Split(':', 2))
        .FirstOrDefault(pair => pair.Length == 2 && pair[0].Trim() == name)?[1].Trim();

    private static Dictionary<string, string> OsRelease() => !File.Exists("/etc/os-release") ? [] : File.ReadAllLines("/etc/os-release")
        .Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
        .DistinctBy(pair => pair[0]).ToDictionary(pair => pair[0], pair => pair[1].Trim('"', '\''), StringComparer.Ordinal);

    /// <summary>The address that packets to the outside leave from. Connecting a datagram socket sends nothing.</summary>
    private static string? OutboundAddress()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(IPAddress.Parse("192.0.2.1"), 9); // TEST-NET-1, RFC 5737
            return ((IPEndPoint)socket.LocalEndPoint!).Address.ToString();
        }
        catch (SocketException)
        {
            return null; // no route
        }
    }
}
