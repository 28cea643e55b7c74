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
/// written between the two is lost.
/// </summary>
internal sealed class OutputFiles(string directory, string task)
{
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
                Shift(stream, Math.Max(1, config?.MaxFiles ?? DefaultFiles));
            }
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

        using var file = new FileStream(Current(stream), FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(0);
    }

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
