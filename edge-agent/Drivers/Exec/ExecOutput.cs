namespace Saas.EdgeAgent.Drivers.Exec;

/// <summary>One output of a task, over the files it is kept in.</summary>
internal sealed class ExecOutput(OutputFiles files, OutputStream stream) : ITaskOutput
{
    public OutputRange? Range() => files.Range(stream);

    public OutputPart Read(long position, Span<byte> buffer) => files.Read(stream, position, buffer);

    public void Dispose()
    {
        // Files are opened for each read: a rotation must not find them held.
    }
}
