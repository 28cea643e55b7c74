using Microsoft.AspNetCore.Http;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Identity.Projects;
using Saas.Identity.Tenants;
using Saas.Provisioning.Jobs.Validation;
using Saas.Provisioning.Nomad;

namespace Saas.Provisioning.Jobs;

/// <summary>
/// A project is a Nomad namespace. Clients name it by id or by name, in the query, in a header or in the job; policies
/// name it by id only, so it is looked up before access is decided, once a request.
/// </summary>
internal static class ProjectRequests
{
    /// <summary>In lists: all projects.</summary>
    public const string All = "*";

    private static readonly object Key = new();

    /// <exception cref="ProblemException">404: the tenant has no such project.</exception>
    public static async ValueTask<ProjectRecord> ProjectAsync(this ApiRequest request, CancellationToken ct) =>
        await request.FindAsync(null, ct) ?? throw new ProblemException(NomadErrors.NotFound("Namespace"));

    /// <summary>The project that a job is submitted to.</summary>
    /// <param name="ofBody">As the body names it; what the request says beside it wins.</param>
    /// <exception cref="ProblemException">Nomad's 500: the tenant has no such project.</exception>
    public static async ValueTask<ProjectRecord> ProjectOfJobAsync(this ApiRequest request, string? jobId, string? ofBody, CancellationToken ct) =>
        await request.FindAsync(ofBody, ct) ?? throw new ProblemException(
            NomadErrors.NotFound("Namespace").AsRefusal($"job \"{jobId}\" is in nonexistent namespace \"{request.Namespace() ?? ofBody}\""));

    /// <summary>The projects a list is asked for: one, or all with <c>namespace=*</c>. None: there is no such project, and so nothing in it.</summary>
    public static async ValueTask<IReadOnlyList<ProjectRecord>> ProjectsAsync(this ApiRequest request, CancellationToken ct) =>
        request.Namespace() == All ? await request.Tenant.ProjectsAsync(ct)
        : await request.FindAsync(null, ct) is { } project ? [project]
        : [];

    /// <summary>As the request names it beside its body; null where it does not.</summary>
    public static string? Namespace(this ApiRequest request)
    {
        var name = request.Query("namespace") is { Length: > 0 } query
            ? query
            : request.Http.Request.Headers["X-Nomad-Namespace"] is [{ Length: > 0 } header, ..] ? header : null;
        return name;
    }

    /// <summary>The job id of the path, in which an id's slashes are escaped.</summary>
    /// <exception cref="ProblemException">404: no job can have this id.</exception>
    public static string JobId(this ApiRequest request)
    {
        var id = request.Route("jobId").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        return JobIds.CanExist(id) ? id : throw new ProblemException(NomadErrors.NotFound("job"));
    }

    public static RouteAccess OnProject(string action) => RouteAccess.Requires(
        action, async (request, ct) => ResourceNames.Project((await request.ProjectAsync(ct)).Id));

    /// <summary>For lists; all projects at once take a permission that covers all, and so does one that is not there: others are not told.</summary>
    public static RouteAccess OnProjects(string action) => RouteAccess.Requires(
        action,
        async (request, ct) => ResourceNames.Project(request.Namespace() == All ? All : (await request.FindAsync(null, ct))?.Id ?? All));

    /// <summary>For who may do the same to every job of the project.</summary>
    public static RouteAccess OnAnyJob(string action) => RouteAccess.Requires(
        action, async (request, ct) => ResourceNames.Job((await request.ProjectAsync(ct)).Id, All));

    public static RouteAccess OnJob(string action) => RouteAccess.Requires(
        action, async (request, ct) => ResourceNames.Job((await request.ProjectAsync(ct)).Id, request.JobId()));

    private static async ValueTask<ProjectRecord?> FindAsync(this ApiRequest request, string? ofBody, CancellationToken ct)
    {
        if (request.Http.Items.TryGetValue(Key, out var known) && known is ProjectRecord found)
        {
            return found;
        }

        var project = await request.Tenant.FindProjectAsync(request.Namespace() ?? ofBody, ct);
        request.Http.Items[Key] = project;
        return project;
    }
}
