using System.Globalization;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.Drivers.Files;

namespace Saas.EdgeAgent.Sessions;

/// <summary>A file's content, or a part; followed, also what comes to it.</summary>
internal sealed class ReadFile(AllocationFiles files, TimeProvider time) : ISessionOperation
{
    private const string Deleted = "file deleted";
    private const string Truncated = "file truncated";
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    public string Kind => SessionKinds.ReadFile;

    public async Task RunAsync(OpenSession session, SessionLine line, CancellationToken ct)
    {
        var request = session.Request;
        var path = request.Path ?? "";
        try
        {
            var folder = files.Open(request.AllocationId);
            var status = folder.Status(path);
            if (status.IsDirectory)
            {
                throw new SessionRefusedException(SessionRefusedException.BadRequest, $"file \"{path}\" is a directory");
            }

            var begin = request.FromEnd ? Math.Max(0, status.Size - request.Offset) : request.Offset;
            if (begin < 0)
            {
                throw new SessionRefusedException(SessionRefusedException.Failed, $"can't seek to offset {begin}: invalid argument");
            }

            // What is sent is told by offset: from where another process left off, with what is left of the limit.
            var offset = Resumed(session) ?? begin;
            var until = request.Limit > 0 ? begin + request.Limit : long.MaxValue;
            await SendAsync(new Reading(folder, path, request.Follow, until), offset, line, ct);
        }
        catch (FileException e)
        {
            throw AllocationFiles.Refusal(e, SessionRefusedException.BadRequest);
        }
    }

    private async Task SendAsync(Reading reading, long offset, SessionLine line, CancellationToken ct)
    {
        string? happened = null;
        var buffer = new byte[SessionProtocol.MaxDataBytes];
        using var file = AllocationFiles.Read(reading.Folder, reading.Path);
        var inode = reading.Folder.Status(reading.Path).Inode;
        while (true)
        {
            var wanted = (int)Math.Min(buffer.Length, reading.Until - offset);
            var read = wanted == 0 ? 0 : await RandomAccess.ReadAsync(file.SafeFileHandle, buffer.AsMemory(0, wanted), offset, ct);
            if (read > 0 || happened is not null)
            {
                offset += read;
                await line.SendAsync(Frame(reading.Path, buffer.AsSpan(0, read), offset, happened), ct);
                happened = null;
            }
            else if (!reading.Follow || wanted == 0)
            {
                return;
            }
            else
            {
                await Task.Delay(LookEvery, time, ct);
                if (!IsStill(reading, inode))
                {
                    await line.SendAsync(Frame(reading.Path, [], offset, Deleted), ct);
                    return;
                }

                if (RandomAccess.GetLength(file.SafeFileHandle) < offset)
                {
                    (offset, happened) = (0, Truncated);
                }
            }
        }
    }

    private static bool IsStill(Reading reading, (uint Major, uint Minor, ulong Number) inode)
    {
        try
        {
            return reading.Folder.Status(reading.Path).Inode == inode;
        }
        catch (FileException)
        {
            return false;
        }
    }

    private static SessionFrame Frame(string path, ReadOnlySpan<byte> data, long offset, string? happened) => new()
    {
        Data = data.ToArray(),
        File = path,
        Offset = offset,
        Event = happened,
        Resume = offset.ToString(CultureInfo.InvariantCulture),
    };

    private static long? Resumed(OpenSession session) =>
        session.Sent > 0 && long.TryParse(session.Resume, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? offset : null;

    private sealed record Reading(ConfinedFolder Folder, string Path, bool Follow, long Until);
}
