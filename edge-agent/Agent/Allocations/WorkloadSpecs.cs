using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Allocations;

/// <summary>From an assigned task to what a driver is told. Folders: <c>allocs/ALLOC/alloc</c>, <c>allocs/ALLOC/TASK</c> with <c>logs</c> and <c>local</c>.</summary>
internal sealed class WorkloadSpecs(string root)
{
    private const int DefaultCpuMhz = 100;
    private const int DefaultMemoryMB = 300;
    private const int MhzPerVcpu = 1000;
    private static readonly TimeSpan DefaultKillTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestKillTimeout = TimeSpan.FromHours(1);

    /// <summary>Reserved virtual CPUs in thousandths.</summary>
    public static int VcpuMilli(JobTask task) => task.Resources?.Cores is { } cores and > 0
        ? cores * 1000
        : task.Resources?.CPU ?? DefaultCpuMhz;

    public static int MemoryMB(JobTask task) => task.Resources?.MemoryMB ?? DefaultMemoryMB;

    public static TimeSpan KillTimeout(JobTask? task)
    {
        var asked = task?.KillTimeout is { } nanoseconds ? TimeSpan.FromTicks(nanoseconds / TimeSpan.NanosecondsPerTick) : DefaultKillTimeout;
        return TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, LongestKillTimeout.Ticks));
    }

    public static string KillSignal(JobTask? task) => string.IsNullOrEmpty(task?.KillSignal) ? "SIGTERM" : task.KillSignal;

    public WorkloadSpec Create(AssignedAllocation allocation, JobTask task, int run)
    {
        var taskDirectory = Path.Combine(root, allocation.Id, task.Name!);
        var localDirectory = Path.Combine(taskDirectory, "local");
        var sharedDirectory = Path.Combine(root, allocation.Id, "alloc");
        foreach (var directory in (string[])[localDirectory, sharedDirectory, Path.Combine(taskDirectory, "logs")])
        {
            Directory.CreateDirectory(directory);
        }

        var milli = VcpuMilli(task);
        return new WorkloadSpec
        {
            Id = new WorkloadId(allocation.Id, task.Name!, run),
            Task = task,
            Vcpus = Math.Max(1, (milli + MhzPerVcpu - 1) / MhzPerVcpu),
            MemoryMB = MemoryMB(task),
            TaskDirectory = taskDirectory,
            Environment = new Dictionary<string, string>(ServiceVariables.Of(allocation), StringComparer.Ordinal)
            {
                ["NOMAD_TASK_NAME"] = task.Name!,
                ["NOMAD_TASK_DIR"] = localDirectory,
                ["NOMAD_ALLOC_DIR"] = sharedDirectory,
                ["NOMAD_CPU_LIMIT"] = milli.ToString(),
                ["NOMAD_MEMORY_LIMIT"] = MemoryMB(task).ToString(),
            },
        };
    }

    /// <summary>
    /// Deletes folders (logs included) of allocations that have left the node, but for the newest: somebody may want to
    /// know why they failed.
    /// </summary>
    public void Collect(Func<string, bool> isKnown, int keep)
    {
        var left = new DirectoryInfo(root).EnumerateDirectories().Where(folder => !isKnown(folder.Name));
        foreach (var folder in left.OrderByDescending(folder => folder.Name, StringComparer.Ordinal).Skip(keep))
        {
            try
            {
                folder.Delete(recursive: true); // ids sort by time
            }
            catch (UnauthorizedAccessException)
            {
                continue; // a task left files of another user's; they are that user's to delete
            }
        }
    }
}
