using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Identity.Projects;
using Saas.Identity.Tenants;
using Saas.Provisioning.Nomad;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Quotas;

/// <summary>Sets what a project may reserve in each region, and takes it away. What runs is not stopped.</summary>
internal static class PutQuota
{
    private const long Most = 1_000_000_000_000;

    public static void Map(IRouteTable routes)
    {
        foreach (var method in (string[])["PUT", "POST"])
        {
            Describe(routes.Map(method, "/v1/quota", RouteAccess.Requires("quotas:write", ResourceNames.Project("*")), PutAsync));
            Describe(routes.Map(method, "/v1/quota/{name}", ReadQuotas.OnQuota("quotas:write"), PutAsync));
        }

        routes.Map("DELETE", "/v1/quota/{name}", ReadQuotas.OnQuota("quotas:write"), DeleteAsync)
            .Summary("Takes a project's quota away.")
            .Produces(StatusCodes.Status200OK)
            .Problems(StatusCodes.Status404NotFound);

        static void Describe(IRoute route) => route
            .Summary("Sets the quota of the project of this name.")
            .Accepts(ProvisioningJson.Strict.QuotaRequest)
            .Produces(StatusCodes.Status200OK)
            .Problems(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> PutAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.QuotaRequest, null, ct);
        var project = request.Found as ProjectRecord ?? await request.Tenant.FindProjectAsync(body.Name, ct);
        if (project is null || (body.Name != project.Name && body.Name != project.Id))
        {
            return NomadErrors.BadRequest("Name", "a quota is named as the project that it is of; there is no such project, or the path names another one");
        }

        if ((body.Limits ?? []).Select(static limit => limit?.Unsupported()).FirstOrDefault(static name => name is not null) is { } unsupported)
        {
            return NomadErrors.BadRequest(unsupported, $"{unsupported} is not limited here: CPU, Cores, MemoryMB, DiskMB and Allocations are");
        }

        var regions = await QuotaRows.RegionsAsync(request.Tenant, ct);
        var quotas = new Dictionary<string, ProjectQuota>(StringComparer.Ordinal);
        foreach (var limit in body.Limits ?? [])
        {
            var region = limit?.Region is null or "" or NomadRegions.Global && regions.Count == 1 ? regions[0] : limit?.Region;
            if (region is null || !regions.Contains(region) || limit?.RegionLimit is not { } wanted || !wanted.AreAmounts(Most)
                || !quotas.TryAdd(region, wanted.ToQuota(project.Id, region)))
            {
                return NomadErrors.BadRequest(
                    "Limits", $"each limit needs a RegionLimit with amounts up to {Most}, and a region of its own; the tenant's regions are {string.Join(", ", regions)}");
            }
        }

        await request.Service<PutQuotaHandler>().HandleAsync(request.Tenant, project.Id, quotas, ct);
        NomadAnswer.SetHeaders(request.Http.Response.Headers, 1);
        return Results.Ok();
    }

    private static async Task<IResult> DeleteAsync(ApiRequest request, CancellationToken ct)
    {
        await request.Service<PutQuotaHandler>().HandleAsync(request.Tenant, ((ProjectRecord)request.Found!).Id, new Dictionary<string, ProjectQuota>(), ct);
        NomadAnswer.SetHeaders(request.Http.Response.Headers, 1);
        return Results.Ok();
    }
}

internal sealed class PutQuotaHandler(ClusterEvents events)
{
    /// <param name="quotas">By region; in others the project has none afterwards. Repeating it changes nothing.</param>
    public async Task HandleAsync(TenantScope tenant, string projectId, IReadOnlyDictionary<string, ProjectQuota> quotas, CancellationToken ct)
    {
        var rows = tenant.ProjectQuotasOf();
        var before = (await QuotaRows.ListAsync(tenant, ct)).Where(quota => quota.ProjectId == projectId).Select(static quota => quota.Region).ToArray();
        foreach (var (region, quota) in quotas)
        {
            await rows.WriteAsync(TableWrite.Upsert(QuotaRows.Row(region, projectId), TablePartition.Bytes(quota, ClusterJson.Default.ProjectQuota)), ct);
        }

        foreach (var gone in before.Where(region => !quotas.ContainsKey(region)))
        {
            await rows.WriteAsync(TableWrite.Delete(QuotaRows.Row(gone, projectId)), ct);
        }

        foreach (var region in before.Union(quotas.Keys))
        {
            await events.SendAsync(tenant, region, InboxKinds.Settings, null, region);
        }
    }
}
