using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// Where output is. Drivers write to the task's own <c>logs</c>; Nomad has the output of all tasks in <c>alloc/logs</c>, as
/// <c>TASK.stdout.0</c>. So the one is a link to the other. A VM's console is written by the hypervisor, which is confined to
/// paths it was told: there the file in <c>alloc/logs</c> is the link.
/// </summary>
internal static class LogFolders
{
    /// <exception cref="DriverException"><see cref="DriverFault.Transient"/>: they cannot be made.</exception>
    public static void Create(string sharedDirectory, string taskDirectory, JobTask task)
    {
        var (shared, own) = (Path.Combine(sharedDirectory, "logs"), Path.Combine(taskDirectory, "logs"));
        try
        {
            Directory.CreateDirectory(shared);
            if (DriverNames.RunBy(task.Driver) == DriverNames.Vm)
            {
                Directory.CreateDirectory(own);
                Link(Path.Combine(shared, $"{task.Name}.stdout.0"), $"../../{task.Name}/logs/console.log");
            }
            else if (!Directory.Exists(own))
            {
                Link(own, "../alloc/logs");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriverException(DriverFault.Transient, $"The folder for the task's output cannot be made: {e.Message}", e);
        }
    }

    private static void Link(string path, string target)
    {
        if (!File.Exists(path) && new FileInfo(path).LinkTarget is null)
        {
            File.CreateSymbolicLink(path, target);
        }
    }
}
