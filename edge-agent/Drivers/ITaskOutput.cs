namespace Saas.EdgeAgent.Drivers;

/// <summary>
/// What a task has written to one of its outputs, as one stream of bytes, though it is kept in files that rotate. A position
/// stays that of the same byte as long as it is kept, and means the same to another process of the agent.
/// </summary>
public interface ITaskOutput : IDisposable
{
    /// <summary>What is kept now. Null: the task has no such output.</summary>
    OutputRange? Range();

    /// <summary>Reads from a position on; from the oldest kept where that is gone by now, from the end where that is behind it.</summary>
    OutputPart Read(long position, Span<byte> buffer);
}

/// <param name="Start">The oldest byte kept.</param>
/// <param name="End">Behind the newest.</param>
public readonly record struct OutputRange(long Start, long End);

/// <param name="Position">Of the first byte read.</param>
/// <param name="Count">0: there is nothing behind it yet.</param>
/// <param name="File">The name of the file it was read from.</param>
/// <param name="Offset">Behind what was read, in that file.</param>
public readonly record struct OutputPart(long Position, int Count, string File, long Offset);

/// <summary>A driver that keeps what its tasks write.</summary>
public interface IKeepsOutput
{
    /// <param name="taskDirectory">The task's folder, as in <see cref="WorkloadSpec.TaskDirectory"/>.</param>
    /// <param name="type"><c>stdout</c> or <c>stderr</c>.</param>
    ITaskOutput Output(string taskDirectory, string task, string type);
}
