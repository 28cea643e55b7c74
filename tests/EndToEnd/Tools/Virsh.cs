using System.Diagnostics;

namespace Saas.EndToEnd.Tests.Tools;

/// <summary>What libvirt itself says, by its own client.</summary>
internal static class Virsh
{
    /// <summary>Names of all domains, running or not, that carry the allocation's id.</summary>
    public static async Task<IReadOnlyList<string>> DomainsOfAsync(string allocationId) =>
        [.. (await RunAsync("list", "--all", "--name")).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(n => n.Contains(allocationId, StringComparison.Ordinal))];

    public static async Task<string> StateAsync(string domain) => (await RunAsync("domstate", domain)).Trim();

    public static async Task<string> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("virsh") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])["--connect", "qemu:///system", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"virsh {string.Join(' ', arguments)}: {await errors}");
        return output;
    }
}
