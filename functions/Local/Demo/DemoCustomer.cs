using System.Text.Json.Nodes;

namespace Saas.Local.Demo;

/// <summary>A tenant as it stands after its first minute: a project, a site and a token to enrol a machine with.</summary>
internal sealed record DemoCustomer(string TenantId, string ProjectId, string SiteId, string EnrolmentToken)
{
    public static async Task<DemoCustomer> SignUpAsync(PlatformClient client, CancellationToken ct)
    {
        var tenant = await client.PostAsync("onboarding", "/v1/tenants", new JsonObject
        {
            ["name"] = "acme",
            ["email"] = "ops@acme.example",
            ["plan"] = "dev",
        }, ct);
        client.UseKey(tenant.GetProperty("apiKey").GetString()!);

        var project = await client.PostAsync("onboarding", "/v1/projects", new JsonObject { ["name"] = "demo" }, ct);
        var site = await client.PostAsync("onboarding", "/v1/sites", new JsonObject
        {
            ["name"] = "here",
            ["region"] = "local",
        }, ct);
        var siteId = site.GetProperty("id").GetString()!;
        var token = await client.PostAsync("onboarding", $"/v1/sites/{siteId}/enrolment-tokens", [], ct);

        return new DemoCustomer(
            tenant.GetProperty("id").GetString()!,
            project.GetProperty("id").GetString()!,
            siteId,
            token.GetProperty("token").GetString()!);
    }
}
