using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobs.Defaults;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>
/// Nomad's rules for update, migrate and reschedule blocks, for what a group has after its job's was merged in. A fault is
/// told at the group's block where it has one, else at the job's.
/// </summary>
internal static class StrategyRules
{
    public static IEnumerable<Fault> FaultsOf(Job job, TaskGroup group, string type, string groupPath)
    {
        var update = group.Update is null ? nameof(job.Update) : $"{groupPath}.{nameof(group.Update)}";
        var migrate = group.Migrate is null ? nameof(job.Migrate) : $"{groupPath}.{nameof(group.Migrate)}";
        var reschedule = group.ReschedulePolicy is null ? nameof(job.Reschedule) : $"{groupPath}.{nameof(group.ReschedulePolicy)}";
        return OfUpdate(StrategyDefaults.UpdateOf(job, group), group, type).Select(fault => fault.Under(update))
            .Concat(OfMigrate(StrategyDefaults.MigrateOf(job, group, type), type).Select(fault => fault.Under(migrate)))
            .Concat(OfReschedule(StrategyDefaults.RescheduleOf(job, group, type), type).Select(fault => fault.Under(reschedule)));
    }

    private static IEnumerable<Fault> OfUpdate(UpdateStrategy? update, TaskGroup group, string type)
    {
        if (update is null)
        {
            yield break;
        }

        if (type is not (JobTypes.Service or JobTypes.System))
        {
            yield return new Fault("", $"A {type} job has no update block.");
            yield break;
        }

        if (update.HealthCheck is not (HealthChecks.Checks or HealthChecks.TaskStates or HealthChecks.Manual))
        {
            yield return new Fault("HealthCheck", $"Expected checks, task_states or manual; {Quote.Of(update.HealthCheck)} came.");
        }

        if (update.MaxParallel is < 0 or > JobLimits.MaxCount)
        {
            yield return new Fault("MaxParallel", $"Expected 0 to {JobLimits.MaxCount}; {update.MaxParallel} came.");
        }

        var count = group.Count ?? 1;
        if (update.Canary < 0 || (count > 0 && update.Canary > count && type == JobTypes.Service))
        {
            yield return new Fault("Canary", $"Expected 0 to the group's count, {count}; {update.Canary} came.");
        }

        if (update is { AutoPromote: true, Canary: 0 })
        {
            yield return new Fault("AutoPromote", "Needs canaries: Canary is 0.");
        }

        foreach (var fault in OfTimes(update, group, type))
        {
            yield return fault;
        }
    }

    private static IEnumerable<Fault> OfTimes(UpdateStrategy update, TaskGroup group, string type)
    {
        foreach (var (field, time, least) in ((string, long?, long)[])
            [("Stagger", update.Stagger, 1), ("MinHealthyTime", update.MinHealthyTime, 0), ("HealthyDeadline", update.HealthyDeadline, 1), ("ProgressDeadline", update.ProgressDeadline, 0)])
        {
            if (time < least || time > JobLimits.MaxPolicyTime)
            {
                yield return new Fault(field, $"Expected {(least == 0 ? "0" : "more than 0")} to a year, in nanoseconds; {time} came.");
            }
        }

        if (update.MinHealthyTime >= update.HealthyDeadline)
        {
            yield return new Fault("HealthyDeadline", $"Expected more than MinHealthyTime, {update.MinHealthyTime}; {update.HealthyDeadline} came.");
        }

        if (update.ProgressDeadline != 0 && update.HealthyDeadline >= update.ProgressDeadline)
        {
            yield return new Fault("ProgressDeadline", $"Expected 0, or more than HealthyDeadline, {update.HealthyDeadline}; {update.ProgressDeadline} came.");
        }

        if (type == JobTypes.Service && update.ProgressDeadline > 0
            && group.Tasks?.FirstOrDefault(task => task?.KillTimeout > update.ProgressDeadline) is { } slow)
        {
            yield return new Fault("ProgressDeadline", $"Expected at least the KillTimeout of task {Quote.Of(slow.Name)}, {slow.KillTimeout}; {update.ProgressDeadline} came.");
        }
    }

    private static IEnumerable<Fault> OfMigrate(MigrateStrategy? migrate, string type)
    {
        if (migrate is null)
        {
            yield break;
        }

        if (type != JobTypes.Service)
        {
            yield return new Fault("", $"A {type} job has no migrate block.");
            yield break;
        }

        if (migrate.MaxParallel is < 0 or > JobLimits.MaxCount)
        {
            yield return new Fault("MaxParallel", $"Expected 0 to {JobLimits.MaxCount}; {migrate.MaxParallel} came.");
        }

        if (migrate.HealthCheck is not (HealthChecks.Checks or HealthChecks.TaskStates))
        {
            yield return new Fault("HealthCheck", $"Expected checks or task_states; {Quote.Of(migrate.HealthCheck)} came.");
        }

        if (migrate.MinHealthyTime is < 0 or > JobLimits.MaxPolicyTime)
        {
            yield return new Fault("MinHealthyTime", $"Expected 0 to a year, in nanoseconds; {migrate.MinHealthyTime} came.");
        }

        if (migrate.HealthyDeadline is < 0 or > JobLimits.MaxPolicyTime || migrate.HealthyDeadline < migrate.MinHealthyTime)
        {
            yield return new Fault("HealthyDeadline", $"Expected MinHealthyTime, {migrate.MinHealthyTime}, to a year, in nanoseconds; {migrate.HealthyDeadline} came.");
        }
    }

    /// <summary>Members on their own are <see cref="ReschedulePolicyValidator"/>'s where a group has the block.</summary>
    private static IEnumerable<Fault> OfReschedule(ReschedulePolicy? policy, string type)
    {
        if (policy is null)
        {
            yield break;
        }

        if (JobKinds.IsOnEveryNode(type))
        {
            yield return new Fault("", $"A {type} job has no reschedule policy: an instance belongs to its node.");
            yield break;
        }

        if (ReschedulePolicyValidator.Instance.Validate(policy) is { IsValid: false } faults)
        {
            foreach (var fault in faults.Errors)
            {
                yield return new Fault(fault.PropertyName, fault.ErrorMessage);
            }

            yield break;
        }

        if (policy.Attempts > 0 && policy.Unlimited is true)
        {
            yield return new Fault("Attempts", "Expected 0, because Unlimited is true.");
        }
        else if (policy.Attempts > 0 && policy.Interval is not > 0)
        {
            yield return new Fault("Interval", "Expected more than 0, because Attempts are counted in it.");
        }

        if (policy.DelayFunction != "constant" && policy.MaxDelay < policy.Delay && (policy.Attempts > 0 || policy.Unlimited is true))
        {
            yield return new Fault("MaxDelay", $"Expected at least Delay, {policy.Delay}; {policy.MaxDelay} came.");
        }
    }
}
