using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Saas.TestKit;

namespace Saas.Registry.Tests.Middleware;

/// <summary>A server slot that gets requests.</summary>
internal sealed record Slot(string Name, string Address, int Port);

/// <summary>HAProxy with the example's configuration, as a master and its workers: so Debian's unit runs it.</summary>
internal sealed class HaproxyProcess(TempDirectory folder) : IAsyncDisposable
{
    // Fields of a line of `show servers state`, and bits of the admin state: HAProxy's management guide, 9.3.
    private const int Name = 3;
    private const int IpAddress = 4;
    private const int AdminState = 6;
    private const int Port = 18;
    private const int ConfiguredMaintenance = 0x04;

    private readonly StringBuilder _output = new();
    private Process? _process;

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Find()}");
    public string Socket => folder.File("haproxy.sock");
    public string StateFile => folder.File("servers");

    public async Task StartAsync()
    {
        _process = Example.Start("haproxy", ["-W", "-f", Example.FileOf("haproxy.cfg")], new Dictionary<string, string>
        {
            ["HTTP_BIND"] = Address.Authority,
            ["HAPROXY_USER"] = Environment.UserName,
            ["HAPROXY_SOCKET"] = Socket,
            ["HAPROXY_STATE"] = StateFile,
        }, _output);
        await Poll.UntilAsync(() => File.Exists(Socket), "HAProxy's socket", () => Example.Text(_output));
    }

    /// <summary>A new worker takes over; the old one ends when its connections have.</summary>
    public async Task ReloadAsync()
    {
        var worker = await WorkerAsync();
        using var kill = Process.Start("kill", ["-USR2", _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        await Poll.UntilAsync(async () => await WorkerAsync() is { } now && now != worker, "a new worker", () => Example.Text(_output));
    }

    /// <summary>The slots in use, by name.</summary>
    public async Task<IReadOnlyList<Slot>> InAsync() => [.. (await TellAsync("show servers state web")).Split('\n')
        .Select(line => line.Split(' '))
        .Where(fields => fields.Length > Port && fields[0] != "#")
        .Where(fields => (int.Parse(fields[AdminState], CultureInfo.InvariantCulture) & ~ConfiguredMaintenance) == 0)
        .Select(fields => new Slot(fields[Name], fields[IpAddress], int.Parse(fields[Port], CultureInfo.InvariantCulture)))];

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }

    private async Task<string?> WorkerAsync()
    {
        try
        {
            return (await TellAsync("show info")).Split('\n').First(line => line.StartsWith("Pid: ", StringComparison.Ordinal));
        }
        catch (SocketException)
        {
            return null; // between two workers
        }
    }

    private async Task<string> TellAsync(string command)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket));
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
