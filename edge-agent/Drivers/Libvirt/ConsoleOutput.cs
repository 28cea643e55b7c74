using Microsoft.Win32.SafeHandles;

namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>
/// A VM's console as one stream: the files virtlogd has rotated, oldest first, then the one it writes. They are held open, so
/// that one rotated away while it is read is read to its end. Position 0 is the oldest byte kept when it was opened; to another
/// process of the agent a position means the same only as long as nothing was rotated in between.
/// </summary>
internal sealed class ConsoleOutput : ITaskOutput
{
    private const int RotatedAtMost = 16;

    private readonly string _path;
    private readonly List<(SafeFileHandle File, long Start)> _files = [];

    /// <param name="path">Of the newest file.</param>
    public ConsoleOutput(string path)
    {
        _path = path;
        for (var number = RotatedAtMost; number >= -1; number--)
        {
            Append(number < 0 ? path : $"{path}.{number}");
        }
    }

    public OutputRange? Range()
    {
        Follow();
        return _files.Count == 0 ? null : new OutputRange(_files[0].Start, End);
    }

    public OutputPart Read(long position, Span<byte> buffer)
    {
        Follow();
        if (_files.Count == 0)
        {
            return new OutputPart(position, 0, Path.GetFileName(_path), 0);
        }

        position = Math.Clamp(position, _files[0].Start, End);
        var at = _files.FindLastIndex(file => file.Start <= position);
        var read = RandomAccess.Read(_files[at].File, buffer, position - _files[at].Start);
        return new OutputPart(position, read, Path.GetFileName(_path), position - _files[at].Start + read);
    }

    public void Dispose() => _files.ForEach(static file => file.File.Dispose());

    private long End => _files[^1].Start + RandomAccess.GetLength(_files[^1].File);

    /// <summary>Goes on to the newest file where that is shorter than the one held: it is another one.</summary>
    private void Follow()
    {
        var newest = new FileInfo(_path);
        if (newest.Exists && (_files.Count == 0 || newest.Length < RandomAccess.GetLength(_files[^1].File)))
        {
            Append(_path);
        }
    }

    private void Append(string path)
    {
        try
        {
            var start = _files.Count == 0 ? 0 : End;
            _files.Add((File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), start));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return; // not rotated so often, or not yet there
        }
    }
}

/// <summary>A VM has no output of its own but its console.</summary>
internal sealed class NoOutput : ITaskOutput
{
    public OutputRange? Range() => null;

    public OutputPart Read(long position, Span<byte> buffer) => new(position, 0, "", 0);

    public void Dispose()
    {
        // There is nothing to it.
    }
}
