using System.Text.Json.Nodes;

namespace Saas.EndToEnd.Tests.Tools;

/// <summary>The guest the demo boots, made by the demo's own script where QEMU's user can read it.</summary>
internal static class GuestImage
{
    public const string BootMarker = "SAAS-GUEST-BOOTED";
    private const string Folder = "/var/lib/saas/images";

    public static async Task<JsonObject> MakeConfigAsync()
    {
        await using var make = Child.Start("bash", [Programs.Script("make-vm-image.sh"), Folder]);
        await make.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(make.ExitCode == 0, make.Transcript);
        return new JsonObject { ["kernel"] = $"{Folder}/vmlinuz", ["initrd"] = $"{Folder}/initrd", ["cmdline"] = "console=ttyS0 quiet" };
    }
}
