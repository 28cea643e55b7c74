using Microsoft.AspNetCore.Http;
using Saas.Cluster;
using Saas.Hosting.Modules;
using Saas.Identity;
using Saas.Identity.Projects;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Identity.Tenants;
using Saas.Onboarding.Api;
using Saas.Storage;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Projects;

/// <summary>
/// DELETE /v1/projects/{projectId}: only an empty one. A job takes its place in the quota before it is written, in the
/// partition this reads, so no job can slip into a project while it goes.
/// </summary>
public static class DeleteProject
{
    public static void Map(IRouteTable routes) =>
        routes.Map("DELETE", "/v1/projects/{projectId}", RouteAccess.Requires("projects:delete", ProjectResources.One), async (request, ct) =>
            {
                var outcome = await request.Service<Handler>().HandleAsync(request.Tenant, request.RouteId("projectId", IdPrefixes.Project, "project"), ct);
                return outcome.AnswerEmpty();
            })
            .Summary("Removes a project that has no jobs.")
            .Produces(StatusCodes.Status204NoContent)
            .Problems(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);

    public sealed class Handler(TenantLedger ledger, TenantQuotas quotas)
    {
        public async Task<Outcome<ProjectRecord>> HandleAsync(TenantScope tenant, string projectId, CancellationToken ct)
        {
            var jobs = tenant.JobsOf(projectId);
            await quotas.SweepJobsAsync(
                tenant, projectId, async (job, token) => await jobs.GetAsync(ClusterTables.JobRow(job), token) is not null, ct);
            return await RemoveAsync(tenant, projectId, ct);
        }

        private Task<Outcome<ProjectRecord>> RemoveAsync(TenantScope tenant, string projectId, CancellationToken ct) =>
            ledger.ChangeAsync<ProjectRecord>(
                tenant,
                async (change, token) =>
                {
                    if (await change.Rows.GetAsync(IdentityTable.Project(projectId), IdentityJson.Default.ProjectRecord, token) is not { } project)
                    {
                        return IdentityError.NotFound("project");
                    }

                    if (project.Value.Name == ProjectRecord.DefaultName)
                    {
                        return new IdentityError(IdentityErrorKind.InUse, "The project 'default' stays as long as its tenant.");
                    }

                    if (await HasJobsAsync(change, projectId, token))
                    {
                        return new IdentityError(IdentityErrorKind.InUse, "The project has jobs. Purge them first.");
                    }

                    change.Writes.Add(TableWrite.Delete(project.Row, project.ETag));
                    change.Writes.Add(TableWrite.Delete(IdentityTable.ProjectName(project.Value.Name)));
                    change.Return(QuotaKind.Projects);
                    return project.Value;
                },
                ct);

        private static async Task<bool> HasJobsAsync(TenantChange change, string projectId, CancellationToken ct)
        {
            var places = RowRange.Prefix(IdentityTable.HeldOf(QuotaNames.Of(QuotaKind.Jobs), projectId));
            var jobs = RowRange.Prefix(ClusterTables.JobRowPrefix);
            return await AnyAsync(change.Rows, places, ct) || await AnyAsync(change.Scope.JobsOf(projectId), jobs, ct);
        }

        private static async Task<bool> AnyAsync(TablePartition rows, RowRange range, CancellationToken ct)
        {
            await foreach (var _ in rows.ReadAllAsync(range, ct))
            {
                return true;
            }

            return false;
        }
    }
}
