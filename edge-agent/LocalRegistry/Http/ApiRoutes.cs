namespace Saas.LocalRegistry.Http;

/// <summary>Answers a call; refuses by <see cref="ApiRefusal"/>.</summary>
internal delegate Task ApiHandler(ApiCall call, CancellationToken ct);

/// <summary>
/// Which call is whose. A path that ends in a slash is a prefix, and what follows it is an id, slashes and all. Paths are
/// matched as they were escaped: an id may hold any character.
/// </summary>
internal sealed class ApiRoutes
{
    private readonly List<(string Path, string[] Methods, ApiHandler Handler)> _routes = [];

    public ApiRoutes Add(string path, string method, ApiHandler handler) => Add(path, [method], handler);

    public ApiRoutes Add(string path, string[] methods, ApiHandler handler)
    {
        _routes.Add((path, methods, handler));
        return this;
    }

    /// <summary>The longest that fits.</summary>
    /// <param name="path">Escaped, without query.</param>
    public ApiMatch? Find(string path)
    {
        ApiMatch? best = null;
        foreach (var (candidate, methods, handler) in _routes)
        {
            var isPrefix = candidate.EndsWith('/');
            if ((isPrefix ? path.StartsWith(candidate, StringComparison.Ordinal) : path == candidate) && candidate.Length > (best?.Path.Length ?? 0))
            {
                best = new ApiMatch(candidate, methods, handler, isPrefix ? Uri.UnescapeDataString(path[candidate.Length..]) : "");
            }
        }

        return best;
    }
}

internal sealed record ApiMatch(string Path, IReadOnlyList<string> Methods, ApiHandler Handler, string Id);
