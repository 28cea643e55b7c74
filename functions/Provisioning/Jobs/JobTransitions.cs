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
            return submitted.Dispatched is true
                ? Invalid(
                    nameof(Job.Dispatched), "A job is dispatched by its parent's dispatch, not by a submission.", "job can't be submitted with 'Dispatched' set")
                : null;
        }

        var (old, type) = (before.Job, submitted.Type ?? JobTypes.Service);
        return type != old.Type
            ? Invalid(
                nameof(Job.Type), $"The job is a {old.Type} job. Purge it before it becomes a {type} job.",
                $"cannot update job from type \"{old.Type}\" to \"{type}\"")
            : FaultOf(nameof(Job.Periodic), "periodic", old.Periodic is not null, submitted.Periodic is not null)
                ?? FaultOf(nameof(Job.ParameterizedJob), "parameterized", old.ParameterizedJob is not null, submitted.ParameterizedJob is not null);
    }

    private static JobError? FaultOf(string member, string what, bool was, bool isNow) => was == isNow ? null : Invalid(
        member, $"A job cannot become {what}, or cease to be. Purge it first.",
        was ? $"cannot update {what} job to being non-{what}" : $"cannot update non-{what} job to being {what}");

    /// <summary>What the platform has written into a child stays; a client's copy of it says nothing.</summary>
    public static Job WithOriginOf(Job job, JobRecord? before) => before is null ? job : job with
    {
        ParentID = before.Job.ParentID,
        Dispatched = before.Job.Dispatched,
        DispatchIdempotencyToken = before.Job.DispatchIdempotencyToken,
        Payload = before.Job.Payload,
    };

    private static JobError Invalid(string member, string detail, string inNomad) =>
        new(JobErrorKind.Invalid, detail) { Field = $"Job.{member}", InNomad = inNomad };
}
