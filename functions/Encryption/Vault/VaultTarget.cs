using Microsoft.AspNetCore.Http;
using Saas.Encryption.Mounts;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;

namespace Saas.Encryption.Vault;

/// <summary>The project and mount a request names, as looked up for its authorization.</summary>
/// <param name="Mount">Null for the system's own paths.</param>
internal sealed record VaultTarget(ProjectMounts Project, Mount? Mount)
{
    public string ProjectId => Project.ProjectId;
}

/// <summary>
/// Looks up what a request names before access to it is decided, because policies name projects by id. Without a
/// namespace it is the project <c>default</c>.
/// </summary>
internal static class VaultTargets
{
    private const string NamespaceHeader = "X-Vault-Namespace";

    /// <summary><c>project/prj_…/transit/transit/orders</c></summary>
    /// <exception cref="ProblemException">404: no such project, or no such mount of the engine.</exception>
    public static ValueTask<string> ResourceAsync(ApiRequest request, Engine engine, CancellationToken ct)
    {
        var found = ProjectOf(request, ct);
        return found.IsCompletedSuccessfully ? ValueTask.FromResult(On(request, engine, found.Result)) : AwaitAsync();

        async ValueTask<string> AwaitAsync() => On(request, engine, await found);
    }

    /// <summary><c>project/prj_…/</c> and what <paramref name="rest"/> gives.</summary>
    /// <exception cref="ProblemException">404: no such project.</exception>
    public static async ValueTask<string> ResourceAsync(ApiRequest request, Func<ApiRequest, string> rest, CancellationToken ct)
    {
        var project = await ProjectOf(request, ct);
        request.Found = new VaultTarget(project, null);
        return string.Concat(project.ResourcePrefix, rest(request));
    }

    public static void CopyNamespace(HttpRequest from, HttpRequest to) => to.Headers[NamespaceHeader] = from.Headers[NamespaceHeader];

    private static string On(ApiRequest request, Engine engine, ProjectMounts project)
    {
        var values = request.Http.Request.RouteValues;
        var path = values["mount"] as string ?? "";
        if (project.Find(path, engine) is not { } mount)
        {
            throw new ProblemException(Problem.NoSuchRoute());
        }

        request.Found = mount.Target;
        return (values["name"] ?? values["path"]) is string { Length: > 0 } name ? string.Concat(mount.ResourcePrefix, name) : mount.Resource;
    }

    /// <summary>The project the request names; of one that names none, <c>default</c>.</summary>
    /// <exception cref="ProblemException">404: no such project.</exception>
    public static ValueTask<ProjectMounts> ProjectOf(ApiRequest request, CancellationToken ct) =>
        request.Service<MountDirectory>().FindAsync(request.Tenant, NamespaceOf(request), ct);

    /// <summary>As the client gave it, without slashes around it; empty: none.</summary>
    public static string NamespaceOf(ApiRequest request) =>
        request.Http.Request.Headers[NamespaceHeader] is [{ Length: > 0 } given, ..] ? given.Trim('/') : "";
}
