using System.Runtime.InteropServices;

namespace Saas.Benchmarks.Runner;

/// <summary>Where the figures come from. Without it a figure means nothing.</summary>
/// <param name="Cores">Usable by this process.</param>
/// <param name="MemoryGib">Usable by this process: of the machine, or the container's limit.</param>
public sealed record Machine(int Cores, double MemoryGib, string Os, string Runtime, string Cpu)
{
    public static Machine Read() => new(
        Environment.ProcessorCount,
        Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30), 1),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        ReadCpu());

    private static string ReadCpu()
    {
        const string Field = "model name";
        var line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal))
            : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
