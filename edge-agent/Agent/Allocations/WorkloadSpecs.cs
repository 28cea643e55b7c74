using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.TaskFiles;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// From an assigned task to what a driver is told. Folders are as Nomad lays them out, because its clients look into them:
/// <c>allocs/ALLOC/alloc</c> with <c>data</c>, <c>logs</c> and <c>tmp</c>, <c>allocs/ALLOC/TASK</c> with <c>local</c>.
/// </summary>
/// <param name="volumes">Host volumes this node offers; null: none.</param>
internal sealed class WorkloadSpecs(string root, IReadOnlyDictionary<string, HostVolume>? volumes = null)
{
    private const int DefaultCpuMhz = 100;
    private const int DefaultMemoryMB = 300;
    private const int MhzPerVcpu = 1000;
    private static readonly TimeSpan DefaultKillTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestKillTimeout = TimeSpan.FromHours(1);

    private readonly GroupVolumes _volumes = new(volumes ?? new Dictionary<string, HostVolume>());

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

    /// <exception cref="DriverException">
    /// <see cref="DriverFault.InvalidConfig"/>: this node cannot give it what it refers to; or what <see cref="PayloadFile"/> says.
    /// </exception>
    public WorkloadSpec Create(AssignedAllocation allocation, JobTask task, int run)
    {
        var taskDirectory = Path.Combine(root, allocation.Id, task.Name!);
        var localDirectory = Path.Combine(taskDirectory, "local");
        var sharedDirectory = Path.Combine(root, allocation.Id, "alloc");
        foreach (var directory in (string[])[localDirectory, Path.Combine(sharedDirectory, "data"), Path.Combine(sharedDirectory, "tmp")])
        {
            Directory.CreateDirectory(directory);
        }

        LogFolders.Create(sharedDirectory, taskDirectory, task);
        PayloadFile.Write(allocation, task, localDirectory);
        var environment = AllocationEnvironment.Of(allocation);
        environment["NOMAD_TASK_DIR"] = localDirectory;
        environment["NOMAD_ALLOC_DIR"] = sharedDirectory;
        foreach (var (name, value) in AllocationEnvironment.OfTask(allocation, task).Concat(_volumes.EnvironmentOf(allocation.TaskGroup)))
        {
            environment[name] = value;
        }

        var milli = VcpuMilli(task);
        return new WorkloadSpec
        {
            Id = new WorkloadId(allocation.Id, task.Name!, run),
            Task = new TaskReferences(environment).Replace(task),
            Vcpus = Math.Max(1, (milli + MhzPerVcpu - 1) / MhzPerVcpu),
            MemoryMB = MemoryMB(task),
            TaskDirectory = taskDirectory,
            Environment = environment,
        };
    }

    /// <summary>Deletes an allocation's folder, logs included.</summary>
    /// <returns>False: there is none.</returns>
    public bool Delete(string allocationId)
    {
        var folder = Path.Combine(root, allocationId);
        if (!Directory.Exists(folder))
        {
            return false;
        }

        Directory.Delete(folder, recursive: true);
        return true;
    }

    /// <summary>Where files of the task may be.</summary>
    public AllocationPaths PathsOf(AssignedAllocation allocation, WorkloadSpec spec) => new(spec.TaskDirectory, Path.Combine(root, allocation.Id, "alloc"));

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
