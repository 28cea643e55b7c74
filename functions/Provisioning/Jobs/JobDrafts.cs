using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Contracts.Jobs;
using Saas.Identity.Tenants;
using Saas.Provisioning.Jobs.Defaults;
using Saas.Provisioning.Jobs.Validation;
using Saas.Storage;

namespace Saas.Provisioning.Jobs;

/// <summary>What a submission makes of a job: the same whether it is registered or only planned.</summary>
internal static class JobDrafts
{
    /// <param name="asked">Valid; with or without defaults.</param>
    /// <param name="before">The job as it is; null: there is none.</param>
    /// <returns>Its indexes and its time are not set.</returns>
    public static async ValueTask<JobOutcome<JobRecord>> DraftAsync(
        TenantScope tenant, string projectId, Job asked, JobRecord? before, CancellationToken ct)
    {
        if (JobTransitions.FaultOf(before, asked) is { } fault)
        {
            return fault;
        }

        var sites = before is null ? await tenant.SitesAsync(ct) : [];
        var region = JobRegions.Resolve(asked.Region, before?.Region, sites);
        if (!region.IsDone)
        {
            return region.Error;
        }

        var job = JobTransitions.WithOriginOf(JobDefaults.Complete(asked, projectId, region.Value), before);
        if (JobSpecifications.SizeOf(job) is var size and > JobLimits.MaxDocumentBytes)
        {
            return new JobError(
                JobErrorKind.TooLarge, $"With its defaults, a job has at most {JobLimits.MaxDocumentBytes} bytes; this has {size}.");
        }

        var isSame = before is not null && JobSpecifications.AreSame(before.Job, job);
        return new JobRecord
        {
            ProjectId = projectId,
            Region = region.Value,
            Job = job,
            Version = before is null ? 0 : isSame ? before.Version : before.Version + 1,
            CreateIndex = 0,
            ModifyIndex = 0,
            JobModifyIndex = 0,
            SubmittedAt = default,
            Stable = isSame && before!.Stable,
            Tag = isSame ? before!.Tag : null,
        };
    }
}
