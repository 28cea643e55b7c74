using System.Diagnostics;
using Saas.EdgeAgent.Drivers.Libvirt;

namespace Saas.EdgeAgent.Tests.Libvirt;

/// <summary>
/// A libvirt daemon of the test's own, beside the machine's: in session mode, under a user that is not root, with all its
/// files in one folder. It may be killed without hurting other tests; its guests outlive it, as with the real one.
/// </summary>
public sealed class PrivateLibvirtDaemon : IAsyncLifetime
{
    private const string User = "libvirt-qemu"; // as whom QEMU runs on Debian; root's libvirtd would be the machine's own
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestFolder _folder = new();
    private Process? _daemon;

    public string Folder => _folder.Path;
    public LibvirtOptions Options => new() { Uri = $"qemu+unix:///session?socket={Socket}" };

    private string Socket => Path.Combine(_folder.Path, "run/libvirt/libvirt-sock");

    public async ValueTask InitializeAsync()
    {
        await LibvirtMachine.ImageDirectoryAsync();
        Open(_folder.Path);
        foreach (var name in (string[])["run", "config", "config/libvirt", "cache", "data"])
        {
            Open(_folder.Make(name));
        }

        // QEMU writes the console itself: virtlogd would be one more process to look after.
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "config/libvirt/qemu.conf"), "stdio_handler = \"file\"\n");
        await StartAsync();
    }

    public async Task StartAsync()
    {
        string[] environment =
        [
            $"PATH={Environment.GetEnvironmentVariable("PATH")}",
            $"HOME={_folder.Path}",
            $"XDG_RUNTIME_DIR={_folder.Path}/run",
            $"XDG_CONFIG_HOME={_folder.Path}/config",
            $"XDG_CACHE_HOME={_folder.Path}/cache",
            $"XDG_DATA_HOME={_folder.Path}/data",
        ];
        string[] asUser = Environment.IsPrivilegedProcess
            ? ["setpriv", $"--reuid={User}", "--regid=kvm", "--clear-groups"]
            : [];
        string[] command = [.. asUser, "env", "-i", .. environment, "libvirtd"];
        _daemon = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
        })!;
        _daemon.ErrorDataReceived += (_, _) => { };
        _daemon.BeginErrorReadLine();
        using var driver = new LibvirtDriver(new("node_probe", _folder.Path), Options, TimeProvider.System);
        await Eventually.HoldsAsync(
            () => driver.FingerprintAsync(CancellationToken.None),
            capability => capability.Fingerprint.Healthy,
            Patience,
            "an answer of the private daemon");
    }

    /// <summary>SIGKILL, as a crash of the daemon.</summary>
    public async Task KillAsync()
    {
        _daemon!.Kill();
        await _daemon.WaitForExitAsync();
    }

    public Task SignalAsync(string signal) => LibvirtMachine.RunAsync("sh", "-c", $"kill -{signal} {_daemon!.Id}");

    /// <summary>What a reboot does to /run.</summary>
    public void ForgetRuntimeState()
    {
        Directory.Delete(Path.Combine(_folder.Path, "run"), recursive: true);
        Open(_folder.Make("run"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is { HasExited: false })
        {
            await KillAsync();
        }

        _daemon?.Dispose();
        _folder.Dispose();
    }

    /// <summary>A task folder in which the daemon's user may write its console.</summary>
    public string MakeTaskDirectory(string name)
    {
        var task = _folder.Make(name);
        Open(task);
        Open(_folder.Make($"{name}/logs"));
        var console = Path.Combine(task, "logs/console.log");
        File.WriteAllText(console, "");
        Open(console);
        return task;
    }

    private static void Open(string path) => File.SetUnixFileMode(
        path,
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
}
