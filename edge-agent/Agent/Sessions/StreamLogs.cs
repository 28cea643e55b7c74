using System.Globalization;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Drivers.Files;

namespace Saas.EdgeAgent.Sessions;

/// <summary>What a task wrote; followed, over its restarts, over rotations, and over a restart of the agent.</summary>
/// <param name="root">Of all allocations' folders.</param>
internal sealed class StreamLogs(string root, AllocationFiles files, AllocationStore store, DriverSet drivers, TimeProvider time) : ISessionOperation
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Nomad's name of the folder in which all tasks' output is.</summary>
    private const string Folder = "alloc/logs/";

    public string Kind => SessionKinds.Logs;

    public async Task RunAsync(OpenSession session, SessionLine line, CancellationToken ct)
    {
        var request = session.Request;
        files.Open(request.AllocationId);
        using var output = OutputOf(request);
        var kept = output.Range() ?? throw new SessionRefusedException(
            SessionRefusedException.NotFound, $"log entry for task \"{request.Task}\" and log type \"{request.LogType}\" not found");
        var position = Resumed(session) ?? (request.FromEnd
            ? Math.Max(kept.Start, kept.End - Math.Max(0, request.Offset))
            : Math.Min(kept.End, kept.Start + Math.Max(0, request.Offset)));

        // Not followed, it ends where it ended when it was asked for, however fast the task writes.
        var until = request.Follow ? long.MaxValue : kept.End;
        var buffer = new byte[SessionProtocol.MaxDataBytes];
        while (position < until)
        {
            var part = output.Read(position, buffer.AsSpan(0, (int)Math.Min(buffer.Length, until - position)));
            position = part.Position + part.Count;
            if (part.Count > 0)
            {
                await line.SendAsync(Frame(part, buffer, position), ct);
            }
            else if (!request.Follow || !Directory.Exists(Path.Combine(root, request.AllocationId!)))
            {
                return;
            }
            else
            {
                await Task.Delay(LookEvery, time, ct);
            }
        }
    }

    /// <exception cref="SessionRefusedException">There is no such task, or nothing of it yet.</exception>
    private ITaskOutput OutputOf(SessionRequest request)
    {
        var (name, record) = (request.Task ?? "", store.Find(request.AllocationId!)?.Record);
        var task = record?.Tasks.FirstOrDefault(candidate => candidate.Name == name);
        var directory = Path.Combine(root, request.AllocationId!, Path.GetFileName(name));
        if (record is null ? !IsTaskName(name) || !Directory.Exists(Path.Combine(directory, "logs")) : task is null)
        {
            throw new SessionRefusedException(SessionRefusedException.BadRequest, $"unknown task name \"{name}\"");
        }

        if (task is { StartedAt: null })
        {
            throw new SessionRefusedException(SessionRefusedException.NotFound, $"task \"{name}\" not started yet. No logs available");
        }

        // Of an allocation that left the node only its folder tells who wrote what is in it.
        var driver = task?.Driver ?? (File.Exists(Path.Combine(directory, "logs", "console.log")) ? Contracts.Jobs.DriverNames.Vm : Contracts.Jobs.DriverNames.Exec);
        return drivers.Find(driver) is IKeepsOutput keeper
            ? keeper.Output(directory, name, request.LogType ?? "")
            : throw new SessionRefusedException(SessionRefusedException.NotFound, $"log entry for task \"{name}\" and log type \"{request.LogType}\" not found");
    }

    private static bool IsTaskName(string name) => name.Length > 0 && name is not ("." or "..") && !name.Contains('/', StringComparison.Ordinal);

    private static SessionFrame Frame(OutputPart part, byte[] buffer, long position) => new()
    {
        Data = buffer[..part.Count],
        File = Folder + part.File,
        Offset = part.Offset,
        Resume = position.ToString(CultureInfo.InvariantCulture),
    };

    private static long? Resumed(OpenSession session) =>
        session.Sent > 0 && long.TryParse(session.Resume, CultureInfo.InvariantCulture, out var position) ? position : null;
}
