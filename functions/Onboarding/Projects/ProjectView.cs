using Saas.Hosting.Modules;
using Saas.Identity.Access;
using Saas.Identity.Projects;

namespace Saas.Onboarding.Projects;

public sealed record ProjectView(string Id, string Name, string Description, DateTimeOffset CreatedAt)
{
    public static ProjectView Of(ProjectRecord project) => new(project.Id, project.Name, project.Description, project.CreatedAt);
}

/// <summary>What project routes ask access to.</summary>
internal static class ProjectResources
{
    /// <summary>All projects; for a key that may see only one, that one.</summary>
    public static string Own(ApiRequest request) => ResourceNames.Project(request.Principal.ProjectScope ?? "*");

    /// <summary>The route's project.</summary>
    public static string One(ApiRequest request) => ResourceNames.Project(request.Route("projectId"));
}
