using FluentValidation;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>What is wrong with a block, and where: the path within the job.</summary>
internal readonly record struct Fault(string Field, string Message)
{
    public Fault Under(string path) => new(Field.Length == 0 ? path : $"{path}.{Field}", Message);
}

/// <summary>The blocks that depend on the job's type or on one another, so that they are looked at from the job.</summary>
internal static class BlockRules
{
    /// <summary>A client mends its job step by step anyway.</summary>
    private const int MaxFaults = 20;

    public static void Check(ValidationContext<Job> context)
    {
        foreach (var fault in FaultsOf(context.InstanceToValidate).Distinct().Take(MaxFaults))
        {
            context.AddFailure(fault.Field, fault.Message);
        }
    }

    private static IEnumerable<Fault> FaultsOf(Job job)
    {
        var type = job.Type ?? JobTypes.Service;
        foreach (var fault in UnsupportedRules.FaultsOf(job)
            .Concat(AffinityRules.FaultsOf(job.Affinities, job.Spreads, type))
            .Concat(ChildRules.FaultsOf(job, type))
            .Concat(PlatformMetaRules.FaultsOf(job.Meta)))
        {
            yield return fault;
        }

        foreach (var (index, group) in (job.TaskGroups is { Count: <= JobLimits.MaxGroups } some ? some : []).Index())
        {
            if (group is null)
            {
                continue;
            }

            var path = $"{nameof(job.TaskGroups)}[{index}]";
            foreach (var fault in StrategyRules.FaultsOf(job, group, type, path).Concat(FaultsOf(group, type).Select(fault => fault.Under(path))))
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<Fault> FaultsOf(TaskGroup group, string type)
    {
        if (type is JobTypes.System or JobTypes.SysBatch && group.Count > 1)
        {
            yield return new Fault(nameof(group.Count), $"A {type} job has one instance on each node: expected 0 or 1; {group.Count} came.");
        }

        foreach (var fault in UnsupportedRules.FaultsOf(group)
            .Concat(AffinityRules.FaultsOf(group.Affinities, group.Spreads, type))
            .Concat(DisconnectRules.FaultsOf(group, type))
            .Concat(NetworkRules.FaultsOf(group.Networks))
            .Concat(VolumeRules.FaultsOf(group.Volumes))
            .Concat(PlatformMetaRules.FaultsOf(group.Meta)))
        {
            yield return fault;
        }

        foreach (var (index, task) in (group.Tasks is { Count: <= JobLimits.MaxTasks } some ? some : []).Index())
        {
            foreach (var fault in task is null ? [] : FaultsOf(task, type).Concat(RestartRules.FaultsOf(task, group, type)))
            {
                yield return fault.Under($"{nameof(group.Tasks)}[{index}]");
            }
        }
    }

    private static IEnumerable<Fault> FaultsOf(JobTask task, string type) => UnsupportedRules.FaultsOf(task)
        .Concat(AffinityRules.FaultsOf(task.Affinities, null, type))
        .Concat(DeviceRules.FaultsOf(task.Resources))
        .Concat(ArtifactRules.FaultsOf(task.Artifacts))
        .Concat(TemplateRules.FaultsOf(task.Templates))
        .Concat(ChildRules.FaultsOf(task.DispatchPayload));
}
