using System.Text;
using Saas.Hosting.Modules;

namespace Saas.Provisioning.Nomad.Blocking;

/// <summary>What tells queries apart: two with one key have one answer at one moment.</summary>
internal static class QueryKeys
{
    /// <summary>Of the query, what says when and how to answer, and not what.</summary>
    private static readonly HashSet<string> NoPart = new(StringComparer.Ordinal) { "index", "wait", "stale", "consistent", "pretty" };

    public static string Of(ApiRequest request, bool isSameForAll)
    {
        var http = request.Http.Request;
        var key = new StringBuilder(request.Tenant.Tenant.Value)
            .Append('\n').Append(isSameForAll ? "" : request.Principal.Id)
            .Append('\n').Append(http.Path.Value)
            .Append('\n').Append(http.Headers["X-Nomad-Namespace"]);
        foreach (var (name, values) in http.Query.Where(static pair => !NoPart.Contains(pair.Key)).OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            key.Append('\n').Append(name).Append('=').Append(values);
        }

        return key.ToString();
    }
}
