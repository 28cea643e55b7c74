using System.Runtime.CompilerServices;
using Saas.Hosting.Modules;
using Saas.Identity.Projects;
using Saas.Identity.Tenants;

namespace Saas.Provisioning.Jobs;

/// <summary>
/// Clients name evaluations and deployments by their id alone. Whatever project the request names, or the default one, is
/// only tried first: an id is unique in the tenant, and access is decided on the project in which it is found.
/// </summary>
internal static class ProjectSearch
{
    public static async IAsyncEnumerable<ProjectRecord> InOrderAsync(ApiRequest request, [EnumeratorCancellation] CancellationToken ct)
    {
        var likely = request.Namespace() == ProjectRequests.All ? null : await request.ProjectAsync(ct);
        if (likely is not null)
        {
            yield return likely;
        }

        foreach (var project in await request.Tenant.ProjectsAsync(ct))
        {
            if (project.Id != likely?.Id)
            {
                yield return project;
            }
        }
    }
}
