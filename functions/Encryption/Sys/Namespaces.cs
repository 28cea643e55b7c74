using System.Text.Json;
using Saas.Encryption.Vault;
using Saas.Hosting.Modules;
using Saas.Identity.Access;
using Saas.Identity.Projects;
using Saas.Identity.Tenants;

namespace Saas.Encryption.Sys;

/// <summary>LIST /v1/sys/namespaces and GET /v1/sys/namespaces/:path: the tenant's projects. They are made by our own API.</summary>
internal static class Namespaces
{
    public static void Map(IRouteTable routes)
    {
        routes.MapSystem(
            VaultVerb.List, "/v1/sys/namespaces", RouteAccess.Requires("projects:list", OwnProjects), "The tenant's projects.", ListAsync);
        routes.MapSystem(
            VaultVerb.Read, "/v1/sys/namespaces/{path}", RouteAccess.Requires("projects:read", OneAsync), "One project, by name or id.", ReadAsync);
    }

    private static string OwnProjects(ApiRequest request) => ResourceNames.Project(request.Principal.ProjectScope ?? "*");

    /// <summary>Policies name projects by id; one there is not has none, and is asked for by its name.</summary>
    private static async ValueTask<string> OneAsync(ApiRequest request, CancellationToken ct)
    {
        var project = await request.Tenant.FindProjectAsync(request.Route("path"), ct);
        request.Found = project;
        return ResourceNames.Project(project?.Id ?? request.Principal.ProjectScope ?? request.Route("path"));
    }

    private static async ValueTask<VaultResponse> ListAsync(VaultRequest request, CancellationToken ct)
    {
        var only = request.Principal.ProjectScope;
        var projects = (await request.Tenant.ProjectsAsync(ct))
            .Where(project => only is null || project.Id == only)
            .OrderBy(project => project.Name, StringComparer.Ordinal)
            .ToList();
        if (projects.Count == 0)
        {
            return VaultResponse.NotFound();
        }

        var response = VaultResponse.Data(128 + (projects.Count * 160));
        response.Json.WriteStartObject("key_info");
        foreach (var project in projects)
        {
            response.Json.WriteStartObject(project.Name + "/");
            WriteMembers(response.Json, project);
            response.Json.WriteEndObject();
        }

        response.Json.WriteEndObject();
        response.Json.WriteStartArray("keys");
        foreach (var project in projects)
        {
            response.Json.WriteStringValue(project.Name + "/");
        }

        response.Json.WriteEndArray();
        return response;
    }

    private static ValueTask<VaultResponse> ReadAsync(VaultRequest request, CancellationToken ct)
    {
        if (request.Api.Found is not ProjectRecord project)
        {
            return ValueTask.FromResult(VaultResponse.NotFound());
        }

        var response = VaultResponse.Data();
        WriteMembers(response.Json, project);
        return ValueTask.FromResult(response);
    }

    private static void WriteMembers(Utf8JsonWriter json, ProjectRecord project)
    {
        json.WriteStartObject("custom_metadata");
        if (project.Description.Length > 0)
        {
            json.WriteString("description", project.Description);
        }

        json.WriteEndObject();
        json.WriteString("id", project.Id);
        json.WriteString("path", project.Name + "/");
    }
}
