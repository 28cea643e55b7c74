using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// What a job was dispatched with, as a file in the <c>local</c> folder of those of its tasks that ask for it. Written before every
/// start, so that a restart finds what was dispatched whatever the run before made of it.
/// </summary>
internal static class PayloadFile
{
    /// <param name="localDirectory">The task's; exists.</param>
    /// <exception cref="DriverException">
    /// <see cref="DriverFault.InvalidConfig"/>: the path leaves the folder, or the payload is not base64. <see cref="DriverFault.Transient"/>:
    /// it cannot be written.
    /// </exception>
    public static void Write(AssignedAllocation allocation, JobTask task, string localDirectory)
    {
        if (task.DispatchPayload?.File is not { Length: > 0 } file || allocation.TaskGroup.Payload is not { Length: > 0 } payload)
        {
            return;
        }

        var content = new byte[payload.Length];
        if (!Convert.TryFromBase64String(payload, content, out var length))
        {
            throw new DriverException(DriverFault.InvalidConfig, "The job's payload is not base64");
        }

        var path = PathOf(localDirectory, file);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, content.AsSpan(0, length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DriverException(DriverFault.Transient, $"DispatchPayload.File: cannot write {file}: {e.Message}", e);
        }
    }

    /// <summary>The platform has checked it at submission; the folder is the agent's to guard.</summary>
    private static string PathOf(string localDirectory, string file)
    {
        var folder = Path.GetFullPath(localDirectory) + Path.DirectorySeparatorChar;
        var path = file.Contains('\0', StringComparison.Ordinal) ? "" : Path.GetFullPath(Path.Combine(folder, file));
        return path.StartsWith(folder, StringComparison.Ordinal) && path.Length > folder.Length
            ? path
            : throw new DriverException(DriverFault.InvalidConfig, "DispatchPayload.File: expected a path within the task's local folder");
    }
}
