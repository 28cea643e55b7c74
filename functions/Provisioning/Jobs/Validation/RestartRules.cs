using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobs.Defaults;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>
/// Tasks are restarted as their group says. Nomad's clients copy the group's policy into each task before they submit a job, so
/// one that says nothing else passes.
/// </summary>
internal static class RestartRules
{
    public static IEnumerable<Fault> FaultsOf(JobTask task, TaskGroup group, string type)
    {
        if (task.RestartPolicy is not { } own)
        {
            return [];
        }

        var all = GroupDefaults.RestartOf(group, type);
        var saysTheSame = (own.Attempts ?? all.Attempts) == all.Attempts && (own.Interval ?? all.Interval) == all.Interval
            && (own.Delay ?? all.Delay) == all.Delay && (own.Mode ?? all.Mode) == all.Mode && own.RenderTemplates is not true;
        return UnsupportedRules.Given((nameof(task.RestartPolicy), !saysTheSame, "The group's holds for all its tasks."));
    }
}
