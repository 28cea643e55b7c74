using System.Xml.Linq;

namespace Saas.Architecture.Tests;

/// <summary>The checked-out tree, found from the test's own place in it.</summary>
internal static class Repository
{
    public static readonly string Root = FindRoot();

    private static readonly string[] NotOurs = ["bin", "obj", "node_modules", ".git", ".saas"];

    public static IReadOnlyList<string> Projects { get; } = Files("*.csproj");

    public static IReadOnlyList<string> Sources { get; } = Files("*.cs");

    /// <summary>Paths relative to the root, with forward slashes, in order.</summary>
    public static IReadOnlyList<string> Files(string pattern) =>
        [.. Directory.EnumerateFiles(Root, pattern, SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Root, f))
            .Where(f => !f.Split('/').Any(NotOurs.Contains))
            .Order(StringComparer.Ordinal)];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The projects this one refers to, relative to the root.</summary>
    public static IEnumerable<string> ReferencesOf(string project) =>
        XDocument.Parse(Read(project)).Descendants("ProjectReference")
            .Select(r => Path.GetRelativePath(Root, Path.GetFullPath(Path.Combine(Root, Path.GetDirectoryName(project)!, r.Attribute("Include")!.Value))));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Saas.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Saas.sln above {AppContext.BaseDirectory}.");
    }
}
