using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Saas.EdgeAgent.Tests.Libvirt;

/// <summary>
/// This machine made ready for VMs, once for all tests: libvirt installed and running, an image that boots. Where that
/// cannot be had, tests fail with what setup.sh says.
/// </summary>
public static class LibvirtMachine
{
    private static readonly Lazy<Task<string>> Image = new(MakeImageAsync);

    /// <summary>A folder with <c>vmlinuz</c> and <c>initrd</c>, readable to QEMU's user.</summary>
    public static Task<string> ImageDirectoryAsync() => Image.Value;

    /// <returns>Standard output.</returns>
    public static async Task<string> RunAsync(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(
            process.ExitCode == 0,
            $"{command} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await errors}");
        return await output;
    }

    private static async Task<string> MakeImageAsync()
    {
        var scripts = ScriptDirectory();
        await RunAsync(Path.Combine(scripts, "setup.sh"));

        // Named for the user, because another user's files in the shared temporary folder are not to be trusted.
        var image = Path.Combine(Path.GetTempPath(), $"saas-test-image-{Environment.UserName}");
        await RunAsync(Path.Combine(scripts, "make-vm-image.sh"), image);
        return image;
    }

    private static string ScriptDirectory([CallerFilePath] string thisFile = "")
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(thisFile)!, "../../.."));
        return Path.Combine(root, "functions/Local/Demo/Setup");
    }
}
