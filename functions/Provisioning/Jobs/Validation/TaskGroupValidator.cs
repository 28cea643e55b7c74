using FluentValidation;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Validation;

internal sealed class TaskGroupValidator : AbstractValidator<TaskGroup>
{
    public static readonly TaskGroupValidator Service = new(JobTypes.Service);
    public static readonly TaskGroupValidator Batch = new(JobTypes.Batch);

    private TaskGroupValidator(string jobType)
    {
        RuleFor(group => group.Name).IsName();
        RuleFor(group => group.Count).Must(count => count is null or (>= 0 and <= JobLimits.MaxCount))
            .WithMessage(group => $"Expected 0 to {JobLimits.MaxCount}; {group.Count} came.");
        RuleFor(group => group.Meta).IsMeta();
        RuleFor(group => group.ShutdownDelay).IsShutdownDelay();
        RuleFor(group => group.Constraints).AreConstraints();
        RuleFor(group => group.EphemeralDisk!.SizeMB)
            .Must(size => size is null or (>= JobLimits.MinDiskMB and <= JobLimits.MaxDiskMB))
            .WithMessage(group => $"Expected {JobLimits.MinDiskMB} to {JobLimits.MaxDiskMB} MiB; {group.EphemeralDisk!.SizeMB} came.")
            .When(group => group.EphemeralDisk is not null);
        RuleFor(group => group.RestartPolicy!).SetValidator(RestartPolicyValidator.Of(jobType)).When(group => group.RestartPolicy is not null);
        RuleFor(group => group.ReschedulePolicy!).SetValidator(ReschedulePolicyValidator.Instance)
            .When(group => group.ReschedulePolicy is not null);

        RuleFor(group => group.Tasks).Cascade(CascadeMode.Stop)
            .Must(tasks => tasks is { Count: > 0 and <= JobLimits.MaxTasks })
            .WithMessage($"A task group has 1 to {JobLimits.MaxTasks} tasks.")
            .HaveDifferentNames(task => task.Name, "task");
        RuleForEach(group => group.Tasks)
            .NotNull().WithMessage("A task is an object; null came.")
            .SetValidator(TaskValidator.Instance);
    }
}

/// <summary>Nomad's rules: a restart has to fit into the interval that counts it.</summary>
internal sealed class RestartPolicyValidator : AbstractValidator<RestartPolicy>
{
    private static readonly RestartPolicyValidator Service = new(30 * 60 * JobLimits.Second);
    private static readonly RestartPolicyValidator Batch = new(24 * 3600 * JobLimits.Second);

    private RestartPolicyValidator(long defaultInterval)
    {
        RuleFor(policy => policy.Attempts).Must(attempts => attempts is null or (>= 0 and <= 1000))
            .WithMessage(policy => $"Expected 0 to 1000; {policy.Attempts} came.");
        RuleFor(policy => policy.Interval).Must(interval => interval is null or (>= 5 * JobLimits.Second and <= JobLimits.MaxPolicyTime))
            .WithMessage(policy => $"Expected 5 seconds to a year, in nanoseconds; {policy.Interval} came.");
        RuleFor(policy => policy.Delay).Must(delay => delay is null or (>= 0 and <= JobLimits.MaxPolicyTime))
            .WithMessage(policy => $"Expected 0 to a year, in nanoseconds; {policy.Delay} came.");
        RuleFor(policy => policy.Mode).Must(mode => mode is null or "fail" or "delay")
            .WithMessage(policy => $"Expected fail or delay; {Quote.Of(policy.Mode)} came.");
        RuleFor(policy => policy).Must(policy => Fits(policy, defaultInterval))
            .OverridePropertyName(nameof(RestartPolicy.Interval))
            .WithMessage("Attempts times Delay must fit into Interval.");
    }

    public static RestartPolicyValidator Of(string jobType) => jobType == JobTypes.Batch ? Batch : Service;

    private static bool Fits(RestartPolicy policy, long defaultInterval) =>
        policy is not { Attempts: > 0 and <= 1000, Delay: null or (>= 0 and <= JobLimits.MaxPolicyTime) }
        || (Int128)policy.Attempts.Value * (policy.Delay ?? 15 * JobLimits.Second) <= (policy.Interval ?? defaultInterval);
}

internal sealed class ReschedulePolicyValidator : AbstractValidator<ReschedulePolicy>
{
    public static readonly ReschedulePolicyValidator Instance = new();

    private ReschedulePolicyValidator()
    {
        RuleFor(policy => policy.Attempts).Must(attempts => attempts is null or (>= 0 and <= 1000))
            .WithMessage(policy => $"Expected 0 to 1000; {policy.Attempts} came.");
        RuleFor(policy => policy.Interval).Must(IsTime).WithMessage(policy => $"Expected 0 to a year, in nanoseconds; {policy.Interval} came.");
        RuleFor(policy => policy.Delay).Must(delay => delay is null or (>= JobLimits.Second and <= JobLimits.MaxPolicyTime))
            .WithMessage(policy => $"Expected 1 second to a year, in nanoseconds; {policy.Delay} came.");
        RuleFor(policy => policy.MaxDelay).Must(IsTime).WithMessage(policy => $"Expected 0 to a year, in nanoseconds; {policy.MaxDelay} came.");
        RuleFor(policy => policy.DelayFunction).Must(name => name is null or "constant" or "exponential" or "fibonacci")
            .WithMessage(policy => $"Expected constant, exponential or fibonacci; {Quote.Of(policy.DelayFunction)} came.");
    }

    private static bool IsTime(long? time) => time is null or (>= 0 and <= JobLimits.MaxPolicyTime);
}
