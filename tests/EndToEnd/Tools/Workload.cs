using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Saas.EndToEnd.Tests.Tools;

/// <summary>Processes that can be told from any other on the machine, counted in /proc and not by asking the platform.</summary>
internal static class Workload
{
    private const string Folder = "/nonexistent/saas/";

    /// <summary>The config of an exec task whose process carries <paramref name="mark"/> in its arguments.</summary>
    public static JsonObject Sleeper(string mark) => new()
    {
        ["command"] = "/usr/bin/tail",
        ["args"] = new JsonArray("-F", Folder + mark), // waits for a file that never comes
    };

    /// <summary>How many processes of each mark run now.</summary>
    public static IReadOnlyDictionary<string, int> Count()
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var folder in Processes())
        {
            var arguments = Read(folder, "cmdline").TrimEnd('\0').Split('\0');
            if (arguments is ["/usr/bin/tail", "-F", var last] && last.StartsWith(Folder, StringComparison.Ordinal))
            {
                var mark = last[Folder.Length..];
                counts[mark] = counts.GetValueOrDefault(mark) + 1;
            }
        }

        return counts;
    }

    /// <summary>The environments of all processes, in one text.</summary>
    public static string Environments() => string.Join('\n', Processes().Select(p => Read(p, "environ")));

    /// <summary>The command lines of all processes, in one text.</summary>
    public static string CommandLines() => string.Join('\n', Processes().Select(p => Read(p, "cmdline")));

    /// <summary>Kills every process whose allocation's folder is below <paramref name="agent"/>'s.</summary>
    public static void KillBelow(DirectoryInfo agent)
    {
        foreach (var folder in Processes())
        {
            if (Read(folder, "environ").Contains($"NOMAD_ALLOC_DIR={agent.FullName}/", StringComparison.Ordinal))
            {
                try
                {
                    using var process = Process.GetProcessById(int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture));
                    process.Kill();
                }
                catch (Exception e) when (e is ArgumentException or InvalidOperationException)
                {
                    continue; // It ended while we looked.
                }
            }
        }
    }

    private static IEnumerable<string> Processes() =>
        Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0]));

    private static string Read(string folder, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, file)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // It ended while we looked.
        }
    }
}
