using System.Globalization;
using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Cluster.Changes;
using Saas.Hosting.Modules;
using Saas.Hosting.Problems;
using Saas.Identity.Access;
using Saas.Provisioning.Nomad;
using Saas.Provisioning.Quotas;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Operator;

/// <summary>How a region's cell is scheduled. Each region has its own; <c>region</c> names one where the tenant has several.</summary>
internal static class SchedulerConfiguration
{
    private const string Path = "/v1/operator/scheduler/configuration";

    public static void Map(IRouteTable routes)
    {
        routes.MapRead(Path, RouteAccess.Requires("scheduler:read", ResourceNames.Tenant), ProvisioningJson.Default.SchedulerConfigurationResponse, BindAsync)
            .Summary("How the region's cell is scheduled.");
        foreach (var method in (string[])["PUT", "POST"])
        {
            routes.Map(method, Path, RouteAccess.Requires("scheduler:write", ResourceNames.Tenant), PutAsync)
                .Summary("Sets how the region's cell is scheduled; with cas only at that index.")
                .Accepts(ProvisioningJson.Strict.SchedulerConfigurationBody)
                .Produces(StatusCodes.Status200OK, ProvisioningJson.Default.SchedulerUpdateResponse);
        }
    }

    private static async ValueTask<NomadQuestion> BindAsync(ApiRequest request, QueryOptions options, CancellationToken ct)
    {
        var (tenant, region) = (request.Tenant, await OneRegionAsync(request, ct));
        return new NomadQuestion(
            new ChangeTopics(ChangeKinds.Settings),
            async token =>
            {
                var row = await tenant.SchedulerSettingsOf().GetAsync(region, ClusterJson.Default.SchedulerSettings, token);
                return NomadReading.Of(
                    new SchedulerConfigurationResponse(SchedulerConfigurationBody.Of(row?.Value ?? new SchedulerSettings())),
                    ProvisioningJson.Default.SchedulerConfigurationResponse);
            },
            IsSameForAll: true);
    }

    private static async Task<IResult> PutAsync(ApiRequest request, CancellationToken ct)
    {
        var body = await request.ReadAsync(ProvisioningJson.Strict.SchedulerConfigurationBody, null, ct);
        if (body.FaultOf() is { } fault)
        {
            return NomadErrors.BadRequest(fault.Field, fault.Message);
        }

        long? cas = null;
        if (request.Query("cas") is { } text)
        {
            cas = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                ? index
                : throw new ProblemException(NomadErrors.BadRequest("cas", $"Error parsing cas value: expected a number, and {text} came"));
        }

        var region = await OneRegionAsync(request, ct);
        var written = await request.Service<SchedulerConfigurationHandler>().HandleAsync(request.Tenant, region, body.ToSettings(), cas, ct);
        var response = new SchedulerUpdateResponse(cas is not null && written is not null, written ?? 0);
        return NomadResponses.Ok(request, response, ProvisioningJson.Default.SchedulerUpdateResponse, response.Index);
    }

    private static async ValueTask<string> OneRegionAsync(ApiRequest request, CancellationToken ct)
    {
        if (await request.RegionAsync(ct) is { } named)
        {
            return named;
        }

        var regions = await QuotaRows.RegionsAsync(request.Tenant, ct);
        return regions.Count == 1
            ? regions[0]
            : throw new ProblemException(NomadErrors.BadRequest(
                "region", regions.Count == 0 ? "the tenant has no site, and so no region yet" : $"name one of the tenant's regions: {string.Join(", ", regions)}"));
    }
}

internal sealed class SchedulerConfigurationHandler(ClusterEvents events)
{
    private const int MaxAttempts = 10;

    /// <param name="cas">The index at which alone it is written; null: at any.</param>
    /// <returns>The index it has now; null: it is at another one, and nothing was written.</returns>
    public async Task<long?> HandleAsync(TenantScope tenant, string region, SchedulerSettings settings, long? cas, CancellationToken ct)
    {
        var rows = tenant.SchedulerSettingsOf();
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var before = await rows.GetAsync(region, ClusterJson.Default.SchedulerSettings, ct);
            var index = before?.Value.ModifyIndex ?? 0;
            if (cas is { } expected && expected != index)
            {
                return null;
            }

            var written = settings with { ModifyIndex = index + 1 };
            var bytes = TablePartition.Bytes(written, ClusterJson.Default.SchedulerSettings);
            if ((await rows.WriteAsync(before is null ? TableWrite.Insert(region, bytes) : TableWrite.Replace(region, bytes, before.ETag), ct)).IsDone)
            {
                await events.SendAsync(tenant, region, InboxKinds.Settings, null, region);
                return written.ModifyIndex;
            }
        }

        throw new StorageUnavailableException($"The settings changed during each of {MaxAttempts} attempts.");
    }
}
