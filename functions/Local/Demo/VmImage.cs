using System.Runtime.InteropServices;

namespace Saas.Local.Demo;

/// <summary>The guest of demo and tests: a Debian kernel and a busybox initrd, made on the spot.</summary>
internal sealed partial record VmImage(string Kernel, string Initrd)
{
    /// <summary>What the guest writes to its serial console once it is up.</summary>
    public const string BootMarker = "SAAS-GUEST-BOOTED";

    /// <summary>
    /// Where QEMU, which runs as a user of its own, can read it: home folders and checkouts are often closed to others.
    /// </summary>
    private static string Folder => EffectiveUser() == 0 ? "/var/lib/saas/images" : $"/var/tmp/saas-images-{EffectiveUser()}";

    /// <exception cref="DemoException">A package it is made from is missing.</exception>
    public static async Task<VmImage> MakeAsync(CancellationToken ct)
    {
        var made = await Scripts.RunAsync("make-vm-image.sh", [Folder], ct);
        if (made.ExitCode != 0)
        {
            throw new DemoException($"The VM image could not be made. Run the demo with --setup. {made.Output}");
        }

        return new VmImage(Path.Combine(Folder, "vmlinuz"), Path.Combine(Folder, "initrd"));
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveUser();
}
