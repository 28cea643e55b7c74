using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;

namespace Saas.Encryption.Vault;

/// <summary>
/// What Vault's HTTP API does otherwise than ours: <c>GET …?list=true</c> is LIST, what is listed is a folder whether its
/// slash was sent or not, so that policies need to name it only once, <c>%2F</c> is a slash, and every error is
/// <c>{"errors":[…]}</c>, where whoever has no good token is answered 403.
/// </summary>
internal sealed class VaultProtocol : IWireProtocol
{
    public const string PermissionDenied = "permission denied";

    public void Prepare(HttpContext http)
    {
        var request = http.Request;
        if (HttpMethods.IsGet(request.Method) && request.QueryString.HasValue
            && request.Query["list"] is [{ } list, ..] && bool.TryParse(list, out var isList) && isList)
        {
            request.Method = "LIST";
        }

        var path = request.Path.Value ?? "";
        if (path.Contains("%2F", StringComparison.OrdinalIgnoreCase))
        {
            path = Unescaped(http, path);
        }

        if (request.Method == "LIST" && !path.EndsWith('/'))
        {
            path += "/";
        }

        if (!ReferenceEquals(path, request.Path.Value))
        {
            request.Path = path;
        }
    }

    /// <summary>
    /// The path with its slashes: a server leaves <c>%2F</c> as it is, so that <c>%252F</c>, a per cent sign, looks the same.
    /// What was sent tells them apart.
    /// </summary>
    private static string Unescaped(HttpContext http, string path)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (!target.StartsWith('/'))
        {
            return path;
        }

        var query = target.IndexOf('?');
        return Uri.UnescapeDataString(query < 0 ? target : target[..query]);
    }

    public IResult ErrorOf(Problem problem, HttpContext http) => new VaultError(
        problem.Status == StatusCodes.Status401Unauthorized ? StatusCodes.Status403Forbidden : problem.Status,
        Texts(problem, http))
    { RetryAfter = problem.RetryAfter };

    private static string[] Texts(Problem problem, HttpContext http) => problem.Name switch
    {
        "unauthenticated" or "forbidden" => [PermissionDenied],
        "credential-malformed" or "credential-unknown" or "credential-expired" or "credential-revoked" =>
            ["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"],
        "no-such-route" => [NoHandler(http.Request.Path.Value ?? "/")],
        "method-not-allowed" => ["unsupported operation"],
        "body-too-large" => ["http: request body too large"],
        "invalid-request" when problem.Errors is { Count: > 0 } errors =>
            [.. errors.Select(e => e.Field.Length == 0 ? e.Message : $"{e.Field}: {e.Message}")],
        _ => [problem.Detail ?? problem.Title],
    };

    /// <summary>What Vault says of a path that no mount answers.</summary>
    public static string NoHandler(string path)
    {
        var rest = path.StartsWith("/v1/", StringComparison.Ordinal) ? path["/v1/".Length..] : path.TrimStart('/');
        return $"no handler for route \"{rest}\". route entry not found.";
    }
}
