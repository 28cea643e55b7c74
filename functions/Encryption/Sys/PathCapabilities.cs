using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Hosting.Routing;
using Saas.Identity.Access;

namespace Saas.Encryption.Sys;

/// <summary>
/// What a caller may do on a path, in Vault's words, decided as a request would be: the route table says which
/// permission each method of the path needs, and the authorizer whether the caller has it.
/// </summary>
internal sealed class PathCapabilities(RouteTable routes, Authorizer authorizer)
{
    private static readonly IReadOnlyList<string> Deny = ["deny"];

    private readonly Lazy<IReadOnlyList<Candidate>> _candidates = new(() => [.. routes.Routes
        .Where(route => route.Pattern.StartsWith("/v1/", StringComparison.Ordinal))
        .Select(route => new Candidate(route))
        .OrderBy(candidate => candidate.Precedence)]);

    /// <param name="path">Without <c>/v1/</c>: <c>transit/keys/orders</c>.</param>
    /// <returns>Sorted; <c>deny</c> alone where nothing is allowed.</returns>
    public async ValueTask<IReadOnlyList<string>> OfAsync(ApiRequest request, string path, CancellationToken ct)
    {
        var wanted = new PathString("/v1/" + path.Trim('/'));
        var decided = new HashSet<string>(StringComparer.Ordinal);
        var capabilities = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var candidate in _candidates.Value)
        {
            var values = new RouteValueDictionary();
            // Of two patterns that match, routing takes the one that says more; that one comes first.
            if (candidate.Matcher.TryMatch(wanted, values) && decided.Add(candidate.Route.Method)
                && await IsAllowedAsync(request, candidate.Route, wanted, values, ct))
            {
                capabilities.UnionWith(NamesOf(candidate.Route.Method));
            }
        }

        return capabilities.Count == 0 ? Deny : [.. capabilities];
    }

    private async ValueTask<bool> IsAllowedAsync(ApiRequest asker, ApiRoute route, PathString path, RouteValueDictionary values, CancellationToken ct)
    {
        if (route.Access is not { Action: { } action, Resource: { } resource })
        {
            return true;
        }

        var http = new DefaultHttpContext { RequestServices = asker.Http.RequestServices };
        http.Request.Method = route.Method;
        http.Request.Path = path;
        http.Request.RouteValues = values;
        VaultTargets.CopyNamespace(asker.Http.Request, http.Request);
        try
        {
            return authorizer.Decide(asker.Principal, action, await resource(new ApiRequest(http, asker.Principal, asker.Tenant), ct)).IsAllowed;
        }
        catch (ProblemException)
        {
            // No such mount, or no such thing: a request would be told that there is nothing.
            return false;
        }
    }

    private static string[] NamesOf(string method) => method switch
    {
        "GET" => ["read"],
        "POST" or "PUT" => ["create", "update"],
        "PATCH" => ["patch"],
        "DELETE" => ["delete"],
        "LIST" => ["list"],
        _ => [],
    };

    private sealed class Candidate(ApiRoute route)
    {
        public ApiRoute Route => route;

        public decimal Precedence { get; } = RoutePatternFactory.Parse(route.Pattern).InboundPrecedence;

        public TemplateMatcher Matcher { get; } = new(TemplateParser.Parse(route.Pattern), []);
    }
}
