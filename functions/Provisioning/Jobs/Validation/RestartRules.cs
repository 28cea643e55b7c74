using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobs.Defaults;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>A task's own restarts: what they leave out is their group's, so only both together can be looked at.</summary>
internal static class RestartRules
{
    public static IEnumerable<Fault> FaultsOf(JobTask task, TaskGroup group, string type)
    {
        if (task.RestartPolicy is not { } own)
        {
            return [];
        }

        return UnsupportedRules.Given((nameof(own.RenderTemplates), own.RenderTemplates is true, UnsupportedRules.RenderedAnyway))
            .Concat(GroupDefaults.RestartOf(task, group, type) is { } whole
                ? RestartPolicyValidator.Of(type).Validate(whole).Errors.Select(static error => new Fault(error.PropertyName, error.ErrorMessage))
                : [])
            .Select(static fault => fault.Under(nameof(task.RestartPolicy)));
    }
}
