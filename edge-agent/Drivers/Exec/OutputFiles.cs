using System.Globalization;
using System.Text;
using Saas.Contracts.Jobs;

namespace Saas.EdgeAgent.Drivers.Exec;

internal enum OutputStream
{
    Stdout,
    Stderr,
}

/// <summary>
/// A task's output: <c>TASK.stdout.0</c> is written now, <c>.1</c> was before it, and so on. The task holds the file
/// open itself (appending), so it needs no one to pump; the price is that rotation copies and truncates, and what is
/// written between the two is lost. How many bytes rotation has taken out of the newest file is noted in <c>.TASK.stdout.rotated</c>:
/// by it a byte of the output has one position for ever, whichever file it is in.
/// </summary>
internal sealed class OutputFiles(string directory, string task)
{
    // Between a reader that looks for its position and a rotation that moves it on. Neither holds it for long.
    private static readonly Lock Rotating = new();

    private const int DefaultFiles = 10;
    private const int DefaultFileMB = 10;

    public string Directory => directory;

    public string Current(OutputStream stream) => Numbered(stream, 0);

    public void Create()
    {
        System.IO.Directory.CreateDirectory(directory);
        foreach (var stream in Enum.GetValues<OutputStream>())
        {
            using var file = new FileStream(Current(stream), FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        }
    }

    public void Rotate(LogConfig? config)
    {
        var limit = Math.Max(1, config?.MaxFileSizeMB ?? DefaultFileMB) * 1024L * 1024;
        foreach (var stream in Enum.GetValues<OutputStream>())
        {
            var current = new FileInfo(Current(stream));
            if (current.Exists && current.Length >= limit)
            {
                lock (Rotating)
                {
                    Shift(stream, Math.Max(1, config?.MaxFiles ?? DefaultFiles));
                }
            }
        }
    }

    /// <summary>What is kept of an output; null: there is none.</summary>
    public OutputRange? Range(OutputStream stream)
    {
        lock (Rotating)
        {
            return LengthOf(stream, 0) is { } newest && Rotated(stream) is var rotated
                ? new OutputRange(rotated - Older(stream).Sum(static file => file.Length), rotated + newest)
                : null;
        }
    }

    /// <summary>See <see cref="ITaskOutput.Read"/>.</summary>
    public OutputPart Read(OutputStream stream, long position, Span<byte> buffer)
    {
        lock (Rotating)
        {
            // From the newest file back to the one that holds the position, or to the oldest.
            var rotated = Rotated(stream);
            var (number, start, end) = (0, rotated, rotated + (LengthOf(stream, 0) ?? 0));
            foreach (var older in position < start ? Older(stream) : [])
            {
                (number, start, end) = (older.Number, start - older.Length, start);
                if (position >= start)
                {
                    break;
                }
            }

            position = Math.Clamp(position, start, end);
            var (path, read) = (Numbered(stream, number), 0);
            if (position < end)
            {
                using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                read = RandomAccess.Read(file, buffer[..(int)Math.Min(buffer.Length, end - position)], position - start);
            }

            return new OutputPart(position, read, Path.GetFileName(path), position - start + read);
        }
    }

    /// <summary>The last bytes of standard output over the newest two files, cut to whole characters.</summary>
    public string ReadTail(int maxBytes)
    {
        var newest = ReadEnd(Current(OutputStream.Stdout), maxBytes);
        var bytes = newest.Length >= maxBytes ? newest : [.. ReadEnd(Numbered(OutputStream.Stdout, 1), maxBytes - newest.Length), .. newest];
        var start = 0;
        while (start < Math.Min(bytes.Length, 4) && (bytes[start] & 0xC0) == 0x80)
        {
            start++;
        }

        return Encoding.UTF8.GetString(bytes.AsSpan(start));
    }

    private void Shift(OutputStream stream, int files)
    {
        for (var number = files - 1; number > 1; number--)
        {
            if (File.Exists(Numbered(stream, number - 1)))
            {
                File.Move(Numbered(stream, number - 1), Numbered(stream, number), overwrite: true);
            }
        }

        if (files > 1)
        {
            File.Copy(Current(stream), Numbered(stream, 1), overwrite: true);
        }

        // Before the file is emptied: killed in between, the agent shows some output twice rather than lose its place.
        using var file = new FileStream(Current(stream), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        var moved = files > 1 ? new FileInfo(Numbered(stream, 1)).Length : file.Length;
        AtomicFile.Write(RotatedPath(stream), Encoding.ASCII.GetBytes((Rotated(stream) + moved).ToString(CultureInfo.InvariantCulture)));
        file.SetLength(0);
    }

    /// <summary>Rotated files, the newest first, up to the first that is missing.</summary>
    private IEnumerable<(int Number, long Length)> Older(OutputStream stream)
    {
        for (var number = 1; LengthOf(stream, number) is { } length; number++)
        {
            yield return (number, length);
        }
    }

    /// <summary>Null: there is no such file, or a task has put a link in its place.</summary>
    private long? LengthOf(OutputStream stream, int number) =>
        new FileInfo(Numbered(stream, number)) is { Exists: true, LinkTarget: null } file ? file.Length : null;

    private long Rotated(OutputStream stream) =>
        File.Exists(RotatedPath(stream)) && long.TryParse(File.ReadAllText(RotatedPath(stream)), CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;

    private string RotatedPath(OutputStream stream) =>
        Path.Combine(directory, $".{task}.{(stream == OutputStream.Stdout ? "stdout" : "stderr")}.rotated");

    private string Numbered(OutputStream stream, int number) =>
        Path.Combine(directory, $"{task}.{(stream == OutputStream.Stdout ? "stdout" : "stderr")}.{number}");

    private static byte[] ReadEnd(string path, int maxBytes)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var length = (int)Math.Min(file.Length, maxBytes);
        file.Position = file.Length - length;
        var bytes = new byte[length];
        return bytes[..file.ReadAtLeast(bytes, length, throwOnEndOfStream: false)];
    }
}
