using FluentValidation;
using Saas.Contracts.Jobs;
using Saas.Provisioning.Jobs.Defaults;
using Saas.Provisioning.Nodes.Pools;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>Checks a job as submitted, before defaults. All its faults are told at once.</summary>
internal sealed class JobValidator : AbstractValidator<Job>
{
    public static readonly JobValidator Instance = new();

    private JobValidator()
    {
        // The key of its row: escaping makes a character up to nine times as long.
        RuleFor(job => job.ID).Cascade(CascadeMode.Stop)
            .NotEmpty().WithMessage("A job needs an ID.")
            .Must(JobIds.IsWellFormed!).WithMessage("An ID has 1 to 128 characters without white space or control characters.")
            .Must(id => TableKeys.Escape(id!).Length <= JobIds.MaxEscapedLength).WithMessage("The ID is too long in UTF-8.");
        RuleFor(job => job.Name).MaximumLength(JobLimits.MaxNameLength);
        RuleFor(job => job.Type).Must(type => type is null or JobTypes.Service or JobTypes.Batch or JobTypes.System or JobTypes.SysBatch)
            .WithMessage(job => $"Expected service, batch, system or sysbatch; {Quote.Of(job.Type)} came.");
        RuleFor(job => job.Priority).Must(priority => priority is null or (>= 0 and <= 100))
            .WithMessage(job => $"Expected 1 to 100; {job.Priority} came.");
        RuleFor(job => job.Datacenters).Must(names => names is null || names.Count <= JobLimits.MaxDatacenters)
            .WithMessage($"At most {JobLimits.MaxDatacenters} datacenters.");
        RuleForEach(job => job.Datacenters).Must(name => !string.IsNullOrEmpty(name) && name.Length <= JobLimits.MaxNameLength)
            .WithMessage("A datacenter has 1 to 128 characters.");
        RuleFor(job => job.NodePool).Must(pool => string.IsNullOrEmpty(pool) || NodePools.IsName(pool))
            .WithMessage(job => $"Expected {NodePools.Rule}; {Quote.Of(job.NodePool)} came.");
        RuleFor(job => job.Meta).IsMeta();
        RuleFor(job => job.Constraints).AreConstraints();

        RuleFor(job => job.TaskGroups).Cascade(CascadeMode.Stop)
            .Must(groups => groups is { Count: > 0 and <= JobLimits.MaxGroups })
            .WithMessage($"A job has 1 to {JobLimits.MaxGroups} task groups.")
            .HaveDifferentNames(group => group.Name, "task group");
        RuleForEach(job => job.TaskGroups)
            .NotNull().WithMessage("A task group is an object; null came.")
            .SetValidator(job => JobKinds.RunsToItsEnd(job.Type) ? TaskGroupValidator.Batch : TaskGroupValidator.Service);

        RuleFor(job => job).Custom((_, context) => BlockRules.Check(context));

        // Here, because a service's name is made of all three levels'.
        RuleFor(job => job.TaskGroups).Custom((_, context) => ServiceRules.Check(context));
    }
}

internal static class JobIds
{
    /// <summary>What a row key leaves beside prefixes and a project id: jobs and their places in the quota are rows.</summary>
    public const int MaxEscapedLength = TableLimits.MaxKeyLength - 64;

    public static bool IsWellFormed(string id)
    {
        if (id.Length is 0 or > JobLimits.MaxNameLength)
        {
            return false;
        }

        foreach (var c in id)
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a job can have this id: what cannot is not there, and is no key to look up either.</summary>
    public static bool CanExist(string id) => IsWellFormed(id) && TableKeys.Escape(id).Length <= MaxEscapedLength;
}

internal static class Quote
{
    /// <summary>A client's text in a message: cut, so that an answer is never larger than what was sent.</summary>
    public static string Of(string? text) => text is null ? "null" : $"'{(text.Length > 64 ? text[..64] + "…" : text)}'";
}
