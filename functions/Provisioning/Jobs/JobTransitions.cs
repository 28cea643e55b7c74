using Saas.Cluster;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs;

/// <summary>What a submission cannot change of a job that is there: Nomad's rules.</summary>
internal static class JobTransitions
{
    /// <returns>What is wrong, or null.</returns>
    public static JobError? FaultOf(JobRecord? before, Job submitted)
    {
        if (before is null)
        {
            return submitted.Dispatched is true ? Invalid(nameof(Job.Dispatched), "A job is dispatched by its parent's dispatch, not by a submission.") : null;
        }

        var (old, type) = (before.Job, submitted.Type ?? JobTypes.Service);
        return type != old.Type ? Invalid(nameof(Job.Type), $"The job is a {old.Type} job. Purge it before it becomes a {type} job.")
            : old.Periodic is null != submitted.Periodic is null ? Invalid(nameof(Job.Periodic), "A job cannot become periodic, or cease to be. Purge it first.")
            : old.ParameterizedJob is null != submitted.ParameterizedJob is null
                ? Invalid(nameof(Job.ParameterizedJob), "A job cannot become parameterized, or cease to be. Purge it first.")
            : null;
    }

    /// <summary>What the platform has written into a child stays; a client's copy of it says nothing.</summary>
    public static Job WithOriginOf(Job job, JobRecord? before) => before is null ? job : job with
    {
        ParentID = before.Job.ParentID,
        Dispatched = before.Job.Dispatched,
        DispatchIdempotencyToken = before.Job.DispatchIdempotencyToken,
        Payload = before.Job.Payload,
    };

    private static JobError Invalid(string member, string detail) => new(JobErrorKind.Invalid, detail) { Field = $"Job.{member}" };
}
