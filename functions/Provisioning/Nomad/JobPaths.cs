namespace Saas.Provisioning.Nomad;

/// <summary>
/// Paths of jobs whose ids have slashes, as children of periodic and parameterized jobs have. Nomad finds the end of the
/// id by what follows it; some clients rely on that and escape nothing.
/// </summary>
internal static class JobPaths
{
    private const string Root = "/v1/job/";

    private static readonly string[] Endings =
    [
        "/evaluate", "/allocations", "/evaluations", "/periodic/force", "/plan", "/summary", "/dispatch", "/versions", "/revert",
        "/deployments", "/deployment", "/stable", "/scale", "/services", "/submission", "/actions", "/action",
    ];

    /// <summary>The path with the id's slashes as <c>%2F</c>; any other path as it is.</summary>
    public static string Escaped(string path)
    {
        if (!path.StartsWith(Root, StringComparison.Ordinal) || path.IndexOf('/', Root.Length) < 0)
        {
            return path;
        }

        var ending = TagEnding(path)
            ?? Array.Find(Endings, ending => path.EndsWith(ending, StringComparison.Ordinal) && path.Length > Root.Length + ending.Length) ?? "";
        var id = path[Root.Length..^ending.Length];
        return $"{Root}{id.Replace("/", "%2F", StringComparison.Ordinal)}{ending}";
    }

    /// <summary><c>/versions/TAG/tag</c>; null: the path ends otherwise.</summary>
    private static string? TagEnding(string path) =>
        path.EndsWith("/tag", StringComparison.Ordinal) && path.LastIndexOf("/versions/", StringComparison.Ordinal) is var at && at > Root.Length
            && path.AsSpan(at).Count('/') == 3
            ? path[at..]
            : null;
}
