using System.Runtime.InteropServices;

namespace Saas.EndToEnd.Tests.Crash;

/// <summary>
/// Kills a process the moment libvirt writes the definition of a domain: libvirt answers the define only after, so the
/// process often dies before it can ask for the start.
/// </summary>
internal sealed partial class DefinitionWatch : IDisposable
{
    private const int SigKill = 9;
    private readonly FileSystemWatcher _watcher;
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DefinitionWatch(string folder, int pid)
    {
        _watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.FileName };
        void KillOnce(object sender, FileSystemEventArgs e)
        {
            if (e.Name?.StartsWith("saas-", StringComparison.Ordinal) == true && !_killed.Task.IsCompleted)
            {
                _ = Kill(pid, SigKill);
                _killed.TrySetResult();
            }
        }

        _watcher.Created += KillOnce;
        _watcher.Renamed += KillOnce;
        _watcher.EnableRaisingEvents = true;
    }

    public Task KilledAsync(TimeSpan patience) => _killed.Task.WaitAsync(patience);

    public void Dispose() => _watcher.Dispose();

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int pid, int signal);
}
