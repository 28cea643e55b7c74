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
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(f => char.IsAsciiDigit(Path.GetFileName(f)[0])))
        {
            var arguments = Arguments(folder);
            if (arguments is ["/usr/bin/tail", "-F", var last] && last.StartsWith(Folder, StringComparison.Ordinal))
            {
                var mark = last[Folder.Length..];
                counts[mark] = counts.GetValueOrDefault(mark) + 1;
            }
        }

        return counts;
    }

    private static string[] Arguments(string folder)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "cmdline"))).TrimEnd('\0').Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // It ended while we looked.
        }
    }
}
