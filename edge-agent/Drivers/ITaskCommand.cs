namespace Saas.EdgeAgent.Drivers;

/// <summary>A driver that can run a command where a task of its runs: as the same user, with its environment, in its folder.</summary>
public interface IRunsCommands
{
    /// <param name="command">A program, looked up as the task would, and its arguments.</param>
    /// <param name="tty">It is given a terminal of its own.</param>
    /// <exception cref="DriverException"><see cref="DriverFault.NotFound"/>: the task does not run. <see cref="DriverFault.Transient"/>: it cannot be started.</exception>
    Task<ITaskCommand> RunCommandAsync(WorkloadId id, IReadOnlyList<string> command, bool tty, CancellationToken ct);
}

/// <summary>A command that runs. Disposing it kills whatever is left of it.</summary>
public interface ITaskCommand : IAsyncDisposable
{
    /// <summary>Its output; of a terminal all of it. Ends when the command has closed it.</summary>
    Stream Output { get; }

    /// <summary>Null: it has a terminal.</summary>
    Stream? Errors { get; }

    /// <summary>What is written to a command that has closed its input is dropped.</summary>
    Task WriteAsync(ReadOnlyMemory<byte> input, CancellationToken ct);

    /// <summary>Nothing more is written; a terminal is told end of file.</summary>
    Task CloseInputAsync();

    /// <summary>Of its terminal, in characters; without one nothing happens.</summary>
    void Resize(int height, int width);

    /// <returns>The exit code; 128 + signal of one that was killed.</returns>
    Task<int> WaitAsync(CancellationToken ct);
}
