using System.Globalization;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.Node;

namespace Saas.EdgeAgent.Sessions;

/// <summary>What the machine uses now, as the kernel counts it (proc(5)).</summary>
/// <param name="dataDirectory">On the file system that allocations' folders are on.</param>
internal sealed class NodeStats(string dataDirectory, TimeProvider time) : ISessionOperation
{
    private static readonly TimeSpan Span = TimeSpan.FromMilliseconds(200);

    private readonly double _mhz = HostFacts.CoreMhz();

    public string Kind => SessionKinds.NodeStats;

    public static long Nanoseconds(DateTimeOffset at) => (at - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    public async Task RunAsync(OpenSession session, SessionLine line, CancellationToken ct)
    {
        var before = Cores();
        await Task.Delay(Span, time, ct);
        var cores = Cores().Join(before, static core => core.Name, static core => core.Name, (now, then) => Use(now, then)).ToList();
        var disks = Disks();
        var body = new NodeUsageBody
        {
            Memory = Memory(),
            CPU = cores,
            DiskStats = disks,
            AllocDirStats = Of("", new DriveInfo(dataDirectory)),
            Uptime = (long)double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture),
            Timestamp = Nanoseconds(time.GetUtcNow()),
            CPUTicksConsumed = cores.Sum(static core => core.TotalTicks),
        };
        await line.AnswerAsync(session, body, SessionJson.Default.NodeUsageBody, ct);
    }

    private NodeCpuBody Use((string Name, long[] Times) now, (string Name, long[] Times) then)
    {
        // user nice system idle iowait irq softirq steal: of these the fourth and fifth are idle.
        var spent = now.Times.Zip(then.Times, static (after, earlier) => Math.Max(0, after - earlier)).Take(8).ToArray();
        var all = Math.Max(1, spent.Sum());
        var idle = 100.0 * (spent[3] + spent[4]) / all;
        return new NodeCpuBody(now.Name, 100.0 * (spent[0] + spent[1]) / all, 100.0 * spent[2] / all, idle, 100 - idle, (100 - idle) / 100 * _mhz);
    }

    private static List<(string Name, long[] Times)> Cores() =>
    [
        .. File.ReadLines("/proc/stat").Where(static line => line.StartsWith("cpu", StringComparison.Ordinal) && char.IsAsciiDigit(line[3]))
            .Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(static words => (words[0], words[1..].Select(static word => long.Parse(word, CultureInfo.InvariantCulture)).ToArray())),
    ];

    private static NodeMemoryBody Memory()
    {
        var fields = File.ReadLines("/proc/meminfo").Select(static line => line.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries))
            .Where(static words => words.Length >= 2).ToDictionary(static words => words[0], static words => long.Parse(words[1], CultureInfo.InvariantCulture) * 1024, StringComparer.Ordinal);
        var (total, available, free) = (fields["MemTotal"], fields["MemAvailable"], fields["MemFree"]);
        return new NodeMemoryBody(total, available, total - free - fields.GetValueOrDefault("Buffers") - fields.GetValueOrDefault("Cached"), free);
    }

    /// <summary>Of each device once.</summary>
    private static List<DiskBody> Disks() =>
    [
        .. File.ReadLines("/proc/mounts").Select(static line => line.Split(' '))
            .Where(static words => words[0].StartsWith("/dev/", StringComparison.Ordinal) && Directory.Exists(words[1]))
            .DistinctBy(static words => words[0]).Select(static words => Of(words[0], new DriveInfo(words[1]))),
    ];

    private static DiskBody Of(string device, DriveInfo drive)
    {
        var (size, free, available) = (drive.TotalSize, drive.TotalFreeSpace, drive.AvailableFreeSpace);
        return new DiskBody(device, drive.Name, size, size - free, available, size == 0 ? 0 : 100.0 * (size - free) / size, 0);
    }
}
