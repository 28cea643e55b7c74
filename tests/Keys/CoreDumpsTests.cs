using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;

namespace Saas.Keys.Tests;

/// <summary>In a process of its own, because it cannot be taken back.</summary>
public sealed partial class CoreDumpsTests
{
    private const string Marker = "SAAS_TEST_CORE_DUMPS";

    [Fact]
    public async Task Disable_InAProcess_LeavesItUndumpableAndWithoutCoreFiles()
    {
        if (Environment.GetEnvironmentVariable(Marker) is { } report)
        {
            CoreDumps.Disable(NullLogger.Instance);
            var limit = (await File.ReadAllLinesAsync("/proc/self/limits")).Single(static line => line.StartsWith("Max core file size", StringComparison.Ordinal));
            await File.WriteAllTextAsync(report, $"{IsDumpable()} {string.Join(' ', limit.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4..6])}");
            return;
        }

        using var directory = new TestKit.TempDirectory();
        var program = Path.ChangeExtension(Assembly.GetExecutingAssembly().Location, null);
        var start = new ProcessStartInfo(program, ["-method", $"{typeof(CoreDumpsTests).FullName}.{nameof(Disable_InAProcess_LeavesItUndumpableAndWithoutCoreFiles)}"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment[Marker] = directory.File("report");
        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();

        Assert.True(child.ExitCode == 0, output);
        Assert.Equal("0 0 0", await File.ReadAllTextAsync(directory.File("report")));
    }

    private static int IsDumpable()
    {
        const int getDumpable = 3;
        return ProcessControl(getDumpable, 0, 0, 0, 0);
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);
}
