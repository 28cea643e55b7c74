using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.Drivers.Files;

namespace Saas.EdgeAgent.Sessions;

/// <summary>The folders of allocations, as clients may see them.</summary>
/// <param name="root">Of all allocations' folders.</param>
internal sealed class AllocationFiles(string root, AllocationStore store)
{
    /// <summary>Of a task; Nomad's clients read nothing in them.</summary>
    private static readonly string[] Closed = ["secrets", "private"];

    /// <exception cref="SessionRefusedException">404: this node has no such allocation, or nothing is left of it.</exception>
    public ConfinedFolder Open(string? allocationId)
    {
        if (AssignmentGuard.IsSafeId(allocationId))
        {
            try
            {
                return new ConfinedFolder(Path.Combine(root, allocationId!));
            }
            catch (FileException) when (store.Find(allocationId!) is not null)
            {
                throw new SessionRefusedException(SessionRefusedException.NotFound, $"state for allocation {allocationId} not found on client");
            }
            catch (FileException)
            {
                throw Unknown(allocationId!);
            }
        }

        throw Unknown(allocationId ?? "");
    }

    /// <summary>A file to read.</summary>
    /// <exception cref="SessionRefusedException">500: it is one that clients may not read.</exception>
    /// <exception cref="FileException">What <see cref="ConfinedFolder.Open"/> says.</exception>
    public static FileStream Read(ConfinedFolder folder, string path)
    {
        if (ConfinedFolder.Clean(path).Split('/') is [_, var second, ..] && Closed.Contains(second, StringComparer.OrdinalIgnoreCase))
        {
            throw new SessionRefusedException(SessionRefusedException.Failed, $"Reading {(second[0] is 's' or 'S' ? "secret" : "private")} file prohibited: {path}");
        }

        var file = folder.Open(path);

        // By its own name: a link may lead from an open folder into a closed one.
        var at = new FileInfo($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}").LinkTarget ?? "";
        if (folder.Within(at).Split('/') is [_, var found, ..] && Closed.Contains(found, StringComparer.OrdinalIgnoreCase))
        {
            file.Dispose();
            throw new SessionRefusedException(SessionRefusedException.Failed, $"Reading secret file prohibited: {path}");
        }

        return file;
    }

    /// <summary>As Nomad's endpoints answer it.</summary>
    /// <param name="missing">Of what is not there: 404 where it is looked up, 400 where it is to be read.</param>
    public static SessionRefusedException Refusal(FileException e, int missing) => new(
        e.Fault switch
        {
            FileFault.NotFound => missing,
            _ when missing == SessionRefusedException.BadRequest => SessionRefusedException.BadRequest,
            _ => SessionRefusedException.Failed,
        },
        e.Message,
        e);

    private static SessionRefusedException Unknown(string id) => new(SessionRefusedException.NotFound, $"Unknown allocation \"{id}\"");
}
