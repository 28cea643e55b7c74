using System.Text;
using Saas.EdgeAgent.Drivers.Exec;

namespace Saas.EdgeAgent.Tests.Fakes;

/// <summary>Looks at an agent's processes without asking it or its driver.</summary>
internal static class AgentWorkloads
{
    /// <summary>Session leaders that bear the allocation's stamp, but for wrappers, whose command line names them.</summary>
    public static IReadOnlyList<int> Instances(string node, string allocation) => [.. Directory.EnumerateDirectories("/proc")
        .Select(path => int.TryParse(Path.GetFileName(path), out var id) ? id : 0)
        .Where(id => id > 0 && Read(id, "environ").Contains($"{ExecCommand.StampVariable}={node}/{allocation}/", StringComparison.Ordinal))
        .Where(id => ProcessTable.Read(id) is { IsDead: false } stat && stat.Session == id)
        .Where(id => !Read(id, "cmdline").Contains("saas-exec", StringComparison.Ordinal))];

    private static string Read(int process, string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{process}/{file}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it ended while we looked, or is not ours
        }
    }
}

/// <summary>A process's sockets, by its descriptors and the kernel's tables.</summary>
internal static class Sockets
{
    private const string Listen = "0A"; // TCP_LISTEN, include/net/tcp_states.h
    private const string UdpBound = "07"; // an unconnected datagram socket: anyone may send to it

    public static IReadOnlyList<string> ListeningOf(int process)
    {
        var inodes = Directory.EnumerateFiles($"/proc/{process}/fd")
            .Select(link => new FileInfo(link).LinkTarget ?? "")
            .Where(target => target.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(target => target[8..^1]).ToHashSet();
        string[] tables = ["tcp", "tcp6", "udp", "udp6"];
        return [.. tables.SelectMany(table => File.ReadAllLines($"/proc/{process}/net/{table}").Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => inodes.Contains(fields[9]) && fields[3] == (table.StartsWith("tcp", StringComparison.Ordinal) ? Listen : UdpBound))
            .Select(fields => $"{table} {fields[1]}"))];
    }
}
