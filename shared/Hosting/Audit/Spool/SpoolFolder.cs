using Saas.Contracts;

namespace Saas.Hosting.Audit.Spool;

/// <summary>
/// A spool on the disk: a folder that is one process's as long as it holds the lock on the file in it, with the
/// segments. The kernel lets go of the lock when the process dies, however it dies; then another may claim the folder.
/// </summary>
internal sealed class SpoolFolder : IDisposable
{
    private const string Prefix = "spool";
    private const string LockFile = "lock";

    private readonly string _path;
    private readonly FileStream _lock;
    private readonly Lock _gate = new();
    private readonly List<SpoolSegment> _segments;

    private readonly SpoolUse _use;

    private SpoolFolder(string path, FileStream hold, SpoolUse use, bool isNew)
    {
        (_path, _lock, _use, IsNew) = (path, hold, use, isNew);
        _segments = isNew ? [] : [.. SpoolSegment.OpenAll(path)];
        use.Add(_segments.Sum(s => s.Length));
    }

    public string Id => Path.GetFileName(_path);

    /// <summary>Made by this process: no log can hold anything of it yet.</summary>
    public bool IsNew { get; }

    /// <summary>Behind the last record.</summary>
    public long End
    {
        get
        {
            lock (_gate)
            {
                return _segments.Count == 0 ? 0 : _segments[^1].End;
            }
        }
    }

    /// <summary>A new one of ours.</summary>
    /// <exception cref="IOException">Or <see cref="UnauthorizedAccessException"/>: nothing can be written there.</exception>
    public static SpoolFolder Create(string root, SpoolUse use, TimeProvider time)
    {
        MakePrivate(root);

        // Whoever looks for abandoned ones must not see it before it is locked.
        var id = EntityId.New(Prefix, time);
        var hidden = Path.Combine(root, "." + id);
        Directory.CreateDirectory(hidden);
        var hold = TryLock(hidden, FileMode.CreateNew) ?? throw new IOException($"The new spool {hidden} is locked by another process.");
        var path = Path.Combine(root, id);
        Directory.Move(hidden, path);
        return new SpoolFolder(path, hold, use, isNew: true);
    }

    /// <summary>Those whose processes are dead, now ours.</summary>
    public static IEnumerable<SpoolFolder> ClaimAbandoned(string root, SpoolUse use)
    {
        foreach (var path in Directory.EnumerateDirectories(root, Prefix + "_*"))
        {
            if (TryLock(path, FileMode.Open) is { } hold)
            {
                if (Directory.Exists(path))
                {
                    yield return new SpoolFolder(path, hold, use, isNew: false);
                }
                else
                {
                    hold.Dispose();
                }
            }
        }
    }

    public SpoolSegment AddSegment()
    {
        lock (_gate)
        {
            var segment = SpoolSegment.Create(_path, _segments.Count == 0 ? 0 : _segments[^1].End);
            _segments.Add(segment);
            return segment;
        }
    }

    /// <summary>The first that has something not yet shipped at or behind the offset; null: there is none.</summary>
    public SpoolSegment? At(long offset)
    {
        lock (_gate)
        {
            return _segments.Find(s => s.End > offset && !s.IsShipped);
        }
    }

    public IReadOnlyList<SpoolSegment> Segments
    {
        get
        {
            lock (_gate)
            {
                return [.. _segments];
            }
        }
    }

    public void Append(SpoolSegment segment, ReadOnlySpan<byte> line)
    {
        segment.Append(line);
        _use.Add(line.Length);
    }

    public void Delete(SpoolSegment segment)
    {
        segment.Delete();
        _use.Add(-segment.Length);
        lock (_gate)
        {
            _segments.Remove(segment);
        }
    }

    /// <summary>Of a folder without segments: the folder goes too.</summary>
    /// <returns>Whether it went.</returns>
    public bool DeleteIfEmpty()
    {
        if (Segments.Count > 0)
        {
            return false;
        }

        if (Directory.Exists(_path))
        {
            Directory.Delete(_path, recursive: true);
        }

        return true;
    }

    public void Dispose()
    {
        foreach (var segment in Segments)
        {
            segment.Dispose();
            _use.Add(-segment.Length);
        }

        _lock.Dispose();
    }

    private static void MakePrivate(string root)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(root);
            return;
        }

        const UnixFileMode Ours = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(root, Ours);
        if ((File.GetUnixFileMode(root) & ~Ours) != UnixFileMode.None)
        {
            throw new UnauthorizedAccessException($"{root} holds audit records and must be open to its owner alone (mode 0700).");
        }
    }

    private static FileStream? TryLock(string folder, FileMode mode)
    {
        try
        {
            return new FileStream(Path.Combine(folder, LockFile), mode, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            // Held by a living process, or just removed by the one that has shipped all of it.
            return null;
        }
    }
}

/// <summary>The bytes of all spools that a process holds, its own and those it adopted.</summary>
internal sealed class SpoolUse
{
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
