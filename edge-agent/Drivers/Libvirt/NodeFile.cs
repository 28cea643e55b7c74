using System.Xml;

namespace Saas.EdgeAgent.Drivers.Libvirt;

/// <summary>Whether a path that a tenant wrote may be handed to the hypervisor.</summary>
internal static class NodeFile
{
    /// <param name="allowed">Folders it must lie in once links are resolved; empty: anywhere.</param>
    /// <returns>What is wrong with it; null if nothing.</returns>
    public static string? Check(string path, IReadOnlyList<string> allowed)
    {
        if (path.Length == 0)
        {
            return "is missing";
        }

        if (!IsPlainText(path))
        {
            return "must not have control characters";
        }

        if (path[0] != '/' || path.Split('/').Any(part => part is "." or ".."))
        {
            return $"must be an absolute path without . and .., and is {path}";
        }

        if (!File.Exists(path))
        {
            return Directory.Exists(path) ? $"is a folder: {path}" : $"does not exist on the node: {path}";
        }

        return allowed.Count == 0 || allowed.Any(folder => IsWithin(Resolve(path), Resolve(folder)))
            ? null
            : $"is not in a folder that this node keeps images in: {path}";
    }

    /// <summary>Whether it can stand in XML and in a command line: no NUL, no controls, nothing outside the basic plane.</summary>
    public static bool IsPlainText(string text) => text.All(c => !char.IsControl(c) && XmlConvert.IsXmlChar(c));

    private static bool IsWithin(string path, string folder) =>
        path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);

    /// <summary>The path without links in any of its parts.</summary>
    private static string Resolve(string path)
    {
        var resolved = "";
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var step = $"{resolved}/{part}";
            FileSystemInfo info = Directory.Exists(step) ? new DirectoryInfo(step) : new FileInfo(step);
            resolved = info.ResolveLinkTarget(returnFinalTarget: true) is { } target ? Resolve(target.FullName) : step;
        }

        return resolved;
    }
}
