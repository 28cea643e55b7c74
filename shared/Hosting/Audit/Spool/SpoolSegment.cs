using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Saas.Hosting.Audit.Spool;

/// <summary>
/// One file of a spool: lines, each <c>tenant SP json \n</c>, at global offsets from <see cref="Begin"/>, which is its
/// name. One thread appends at a time; others may read, flush and delete meanwhile.
/// </summary>
internal sealed class SpoolSegment : IDisposable
{
    private const string Live = ".log";
    private const string Done = ".shipped";

    private readonly SafeFileHandle _file;
    private string _path;
    private long _length;
    private long _flushed;

    private SpoolSegment(string path, long begin, SafeFileHandle file, long length) =>
        (_path, Begin, _file, _length) = (path, begin, file, length);

    public long Begin { get; }

    /// <summary>Of whole lines.</summary>
    public long Length => Volatile.Read(ref _length);

    public long End => Begin + Length;

    /// <summary>All of it is in the logs; only what is left to be cleared up keeps it.</summary>
    public bool IsShipped => _path.EndsWith(Done, StringComparison.Ordinal);

    public static SpoolSegment Create(string folder, long begin)
    {
        var path = Path.Combine(folder, begin.ToString("D20") + Live);
        return new SpoolSegment(path, begin, Open(path, FileMode.CreateNew), 0);
    }

    /// <summary>Those of a dead process, in order. What is behind the last whole line was never acknowledged.</summary>
    public static IReadOnlyList<SpoolSegment> OpenAll(string folder) =>
    [
        .. Directory.EnumerateFiles(folder)
            .Where(path => Path.GetExtension(path) is Live or Done && long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, null, out _))
            .OrderBy(Path.GetFileName, StringComparer.Ordinal)
            .Select(OpenExisting),
    ];

    /// <summary>
    /// The whole line or, as far as anyone can see, nothing of it: the remains of a failed one have no end of line, so
    /// they are written over by the next, or cut off when the file is opened again.
    /// </summary>
    /// <exception cref="IOException">The disk is full or broken.</exception>
    public void Append(ReadOnlySpan<byte> line)
    {
        // No flush here: what the kernel has outlives the process, and losing power is what the flush each second is for.
        RandomAccess.Write(_file, line, _length);
        Volatile.Write(ref _length, _length + line.Length);
    }

    /// <returns>How many bytes, at most to <see cref="End"/>.</returns>
    public int Read(Span<byte> into, long offset)
    {
        var wanted = (int)Math.Min(into.Length, End - offset);
        var read = 0;
        while (read < wanted)
        {
            var some = RandomAccess.Read(_file, into[read..wanted], offset - Begin + read);
            if (some == 0)
            {
                throw new IOException("A segment of the audit spool is shorter than what was written to it.");
            }

            read += some;
        }

        return read;
    }

    public void Flush()
    {
        var length = Length;
        if (length > Interlocked.Read(ref _flushed))
        {
            RandomAccess.FlushToDisk(_file);
            Interlocked.Exchange(ref _flushed, length);
        }
    }

    public void MarkShipped()
    {
        if (!IsShipped)
        {
            var done = Path.ChangeExtension(_path, Done);
            File.Move(_path, done);
            _path = done;
        }
    }

    public void Delete()
    {
        Dispose();
        File.Delete(_path);
    }

    public void Dispose() => _file.Dispose();

    private static SpoolSegment OpenExisting(string path)
    {
        var file = Open(path, FileMode.Open);
        var begin = long.Parse(Path.GetFileNameWithoutExtension(path), NumberStyles.None);
        return new SpoolSegment(path, begin, file, WholeLines(file));
    }

    private static SafeFileHandle Open(string path, FileMode mode) =>
        File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private static long WholeLines(SafeFileHandle file)
    {
        var buffer = new byte[64 * 1024];
        for (var end = RandomAccess.GetLength(file); end > 0;)
        {
            var begin = Math.Max(0, end - buffer.Length);
            var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)(end - begin)), begin);
            var last = buffer.AsSpan(0, read).LastIndexOf(AuditLine.End);
            if (last >= 0)
            {
                return begin + last + 1;
            }

            end = begin;
        }

        return 0;
    }
}
