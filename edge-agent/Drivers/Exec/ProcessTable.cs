using System.Globalization;
using System.Text;

namespace Saas.EdgeAgent.Drivers.Exec;

/// <summary>A line of /proc/PID/stat (proc(5)). <see cref="StartTicks"/> since boot tells a reused process id.</summary>
internal readonly record struct ProcessStat(int Id, char State, int Session, TimeSpan CpuTime, ulong StartTicks, long ResidentPages)
{
    private const int TicksPerSecond = 100; // USER_HZ, fixed by the kernel's ABI

    public bool IsDead => State is 'Z' or 'X' or 'x';

    /// <summary>Null if the line is not whole.</summary>
    public static ProcessStat? Parse(string line)
    {
        var open = line.IndexOf('(', StringComparison.Ordinal);
        var close = line.LastIndexOf(')'); // the name between may itself hold parentheses and blanks
        if (open < 1 || close < open)
        {
            return null;
        }

        var fields = line[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries); // fields[0] is number 3
        if (fields.Length < 22 || !int.TryParse(line.AsSpan(0, open - 1), out var id))
        {
            return null;
        }

        var ticks = Number(fields[11]) + Number(fields[12]);
        return new ProcessStat(
            id, fields[0][0], (int)Number(fields[3]), TimeSpan.FromSeconds((double)ticks / TicksPerSecond),
            ulong.Parse(fields[19], CultureInfo.InvariantCulture), Number(fields[21]));
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}

/// <summary>The machine's processes, as the kernel tells them now.</summary>
internal static class ProcessTable
{
    public static string BootId { get; } = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    public static ProcessStat? Read(int id) => TryRead($"/proc/{id}/stat") is { } bytes
        ? ProcessStat.Parse(Encoding.UTF8.GetString(bytes))
        : null;

    public static IEnumerable<ProcessStat> OfSession(int session) =>
        All().Select(Read).OfType<ProcessStat>().Where(process => process.Session == session && !process.IsDead);

    /// <summary>Processes whose environment holds exactly this entry (<c>NAME=value</c>), of those we may look into.</summary>
    public static IEnumerable<int> WithEnvironment(string entry)
    {
        var framed = Encoding.UTF8.GetBytes($"\0{entry}\0");
        return All().Where(id => TryRead($"/proc/{id}/environ") is { Length: > 0 } bytes
            && (bytes.AsSpan().IndexOf(framed) >= 0 || bytes.AsSpan().StartsWith(framed.AsSpan(1))));
    }

    private static IEnumerable<int> All() => Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0);

    private static byte[]? TryRead(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it ended while we looked, or is another user's
        }
    }
}
