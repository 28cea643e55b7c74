using System.Globalization;
using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Identity.Access;
using Saas.Registry.Consul;

namespace Saas.Registry.Kv;

/// <summary>What requests for keys have in common: which key, what for, and what policies call it.</summary>
internal static class KvRequests
{
    public const string Pattern = "/v1/kv/{**key}";

    public const string Read = "registry-kv:read";
    public const string List = "registry-kv:list";
    public const string Write = "registry-kv:write";

    private const string Area = "/v1/kv/";

    /// <summary>The key as it was sent. Not from the route's values: routing drops slashes at the beginning.</summary>
    public static string KeyOf(ApiRequest request)
    {
        var path = request.Http.Request.Path.Value ?? "";
        var at = path.IndexOf(Area, StringComparison.OrdinalIgnoreCase);
        return at < 0 ? "" : path[(at + Area.Length)..];
    }

    public static bool Has(this ApiRequest request, string parameter) => request.Http.Request.Query.ContainsKey(parameter);

    /// <summary>Keys alone may be read by who may not read values.</summary>
    public static string ReadingAction(ApiRequest request) => request.Has("keys") ? List : Read;

    /// <summary><c>kv/app/color</c>, or <c>kv/app/*</c> for all keys with a prefix.</summary>
    public static string ResourceOf(ApiRequest request) =>
        request.Has("recurse") || request.Has("keys") ? TreeResource(KeyOf(request)) : Resource(KeyOf(request));

    public static string Resource(string key) => "kv/" + key;

    /// <summary>A star in it is matched by no policy but one that covers all that begins so.</summary>
    public static string TreeResource(string prefix) => "kv/" + prefix + "*";

    /// <summary>
    /// Whoever asks for all keys with a prefix must be denied none of them: they are answered whole, or not at all.
    /// </summary>
    /// <exception cref="RegistryException">403.</exception>
    public static void RequireWholeTree(ConsulRequest request, string action, string prefix)
    {
        if (!IsWhole(request, action, prefix))
        {
            throw RegistryException.Forbidden($"Permission denied: {action} is denied for some of the keys with prefix {Shown(prefix)}; ask for them one by one");
        }
    }

    public static bool IsWhole(ConsulRequest request, string action, string prefix)
    {
        var resource = request.Domain.ResourcePrefix + TreeResource(prefix);
        return !request.Api.Principal.Policies.Any(policy => policy.Statements.Any(statement =>
            statement.Effect == PolicyEffect.Deny
            && statement.Actions.Any(denied => Glob.Matches(denied, action))
            && statement.Resources.Any(denied => Glob.Overlap(denied, resource))));
    }

    /// <summary>A number as Go reads one.</summary>
    /// <exception cref="RegistryException">500, as Consul has it.</exception>
    public static ulong NumberOf(ConsulRequest request, string parameter)
    {
        var text = request.Query(parameter) ?? "";
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        var reason = text.Length > 0 && text.All(char.IsAsciiDigit) ? "value out of range" : "invalid syntax";
        throw RegistryException.Server($"strconv.ParseUint: parsing \"{Shown(text)}\": {reason}");
    }

    /// <exception cref="RegistryException">400: more than one of them.</exception>
    public static void RefuseConflicting(ConsulRequest request, params ReadOnlySpan<string> parameters)
    {
        var found = 0;
        foreach (var parameter in parameters)
        {
            found += request.Api.Has(parameter) ? 1 : 0;
        }

        if (found > 1)
        {
            var query = request.Api.Http.Request.Query
                .OrderBy(q => q.Key, StringComparer.Ordinal)
                .SelectMany(q => q.Value.Select(v => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(v ?? "")}"));
            throw RegistryException.BadRequest($"Conflicting flags: {string.Join('&', query)}\n");
        }
    }

    /// <exception cref="RegistryException">400: none, or over-long.</exception>
    public static string RequireKey(ConsulRequest request)
    {
        var key = KeyOf(request.Api);
        return key.Length == 0 ? throw RegistryException.BadRequest("Missing key name") : KvLimits.Checked(key);
    }

    private static string Shown(string text) => text.Length <= 64 ? text : text[..64] + "…";
}
