namespace Saas.EdgeAgent.TaskFiles;

/// <summary>
/// Where a task's files may be: in its own folder, or in the folder that the tasks of its allocation share. A path is looked
/// at as text first; then what there is of it already must not be a link, wherever that leads.
/// </summary>
internal sealed class AllocationPaths(string taskDirectory, string sharedDirectory)
{
    public string TaskDirectory => taskDirectory;

    /// <param name="path">Relative to the task's folder, or, where the environment's folders were named, absolute.</param>
    /// <returns>The absolute path, without a slash at its end.</returns>
    /// <exception cref="TaskFileException">It leads out, or over a link.</exception>
    public string Resolve(string path)
    {
        var full = path.Contains('\0', StringComparison.Ordinal) ? "/" : Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(taskDirectory, path)));
        var root = RootOf(full) ?? throw new TaskFileException("the path leads out of the allocation's folder");
        for (var part = full; part.Length > root.Length; part = Path.GetDirectoryName(part)!)
        {
            if (IsLink(part))
            {
                throw new TaskFileException("the path leads over a link");
            }
        }

        return full;
    }

    public static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    private string? RootOf(string full) => Roots().FirstOrDefault(root => full == root || full.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    private IEnumerable<string> Roots() => [Path.GetFullPath(taskDirectory), Path.GetFullPath(sharedDirectory)];
}
