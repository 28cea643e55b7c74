using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Saas.EdgeAgent.Drivers.Exec;

/// <summary>
/// A command beside a task: its environment and folder are those of the task's own process, as the kernel tells them, so it
/// bears the task's stamp and goes when the task goes. It is in a session of its own, by which all of it is killed.
/// </summary>
internal sealed class ExecTaskCommand : ITaskCommand
{
    private const byte EndOfTransmission = 4;

    /// <summary>The terminal is opened by a shell that leads no session: so it becomes the controlling one of who takes it.</summary>
    private const string OnTerminal = """t=$1 s=$2; shift 2; exec "$s" --ctty "$@" <"$t" >"$t" 2>&1""";

    private readonly Process _process;
    private readonly Terminal? _terminal;

    private ExecTaskCommand(Process process, Terminal? terminal)
    {
        (_process, _terminal) = (process, terminal);
        Output = terminal is null ? process.StandardOutput.BaseStream : new TerminalOutput(terminal.Stream);
        Errors = terminal is null ? process.StandardError.BaseStream : null;
    }

    public Stream Output { get; }

    public Stream? Errors { get; }

    /// <param name="task">The task's process.</param>
    /// <exception cref="DriverException"><see cref="DriverFault.Transient"/>: it cannot be started.</exception>
    public static ExecTaskCommand Start(int task, IReadOnlyList<string> command, bool tty)
    {
        var setsid = SearchPath.Find("setsid") ?? throw new DriverException(DriverFault.Transient, "exec: not on the agent's PATH: setsid");
        var terminal = tty ? Terminal.Open() : null;
        try
        {
            var start = new ProcessStartInfo(terminal is null ? setsid : SearchPath.Find("sh") ?? "/bin/sh")
            {
                UseShellExecute = false,
                RedirectStandardInput = terminal is null,
                RedirectStandardOutput = terminal is null,
                RedirectStandardError = terminal is null,
                WorkingDirectory = new DirectoryInfo($"/proc/{task}/cwd").LinkTarget ?? "/",
            };
            string[] before = terminal is null ? [] : ["-c", OnTerminal, "sh", terminal.Name, setsid];
            foreach (var word in before.Concat(command))
            {
                start.ArgumentList.Add(word);
            }

            start.Environment.Clear();
            foreach (var (name, value) in EnvironmentOf(task))
            {
                start.Environment[name] = value;
            }

            if (tty)
            {
                start.Environment.TryAdd("TERM", "xterm");
            }

            Signals.LetBrokenPipesEndChildren();
            return new ExecTaskCommand(Process.Start(start)!, terminal);
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            terminal?.Dispose();
            throw new DriverException(DriverFault.Transient, $"exec: cannot start the command: {e.Message}", e);
        }
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> input, CancellationToken ct)
    {
        try
        {
            if (_terminal is { } terminal)
            {
                // A terminal whose program does not read blocks who types: not one of the agent's few threads.
                await Task.Factory.StartNew(() => terminal.Stream.Write(input.Span), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(ct);
            }
            else
            {
                await _process.StandardInput.BaseStream.WriteAsync(input, ct);
                await _process.StandardInput.BaseStream.FlushAsync(ct);
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return; // it reads no more
        }
    }

    public async Task CloseInputAsync()
    {
        if (_terminal is not null)
        {
            await WriteAsync(new[] { EndOfTransmission }, CancellationToken.None);
        }
        else
        {
            _process.StandardInput.Close();
        }
    }

    public void Resize(int height, int width) => _terminal?.Resize(height, width);

    public async Task<int> WaitAsync(CancellationToken ct)
    {
        await _process.WaitForExitAsync(ct);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        // The session first: what the command has started goes with it, whether or not it has ended itself.
        foreach (var process in ProcessTable.OfSession(_process.Id).ToList())
        {
            Signals.Send(process.Id, Signals.Kill);
        }

        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _terminal?.Dispose();
        _process.Dispose();
    }

    private static Dictionary<string, string> EnvironmentOf(int task)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{task}/environ")).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = entry.IndexOf('=', StringComparison.Ordinal);
            if (at > 0)
            {
                environment[entry[..at]] = entry[(at + 1)..];
            }
        }

        return environment;
    }

    /// <summary>A terminal's end is an error of input to the kernel (EIO), once no program has it open.</summary>
    private sealed class TerminalOutput(FileStream terminal) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            // Reading a terminal blocks a thread: one of its own.
            return await Task.Factory.StartNew(() => Read(buffer.Span), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)
                .WaitAsync(cancellationToken);
        }

        public override int Read(Span<byte> buffer)
        {
            try
            {
                return terminal.Read(buffer);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                return 0;
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
