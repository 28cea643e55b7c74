using FluentValidation;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Validation;

internal sealed class TaskValidator : AbstractValidator<JobTask>
{
    public static readonly TaskValidator Instance = new();

    /// <summary>What agents can send on Linux.</summary>
    private static readonly HashSet<string> Signals = new(StringComparer.Ordinal)
    {
        "SIGHUP", "SIGINT", "SIGQUIT", "SIGABRT", "SIGKILL", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGTERM", "SIGCONT", "SIGSTOP",
        "SIGTSTP", "SIGWINCH",
    };

    private TaskValidator()
    {
        RuleFor(task => task.Name).Must(IsFolderName)
            .WithMessage("A task's name is 1 to 64 of letters, digits, '-', '_' and '.', and not alloc: it becomes a folder on the node.");
        RuleFor(task => task.Driver).Must(driver => driver is not null && DriverNames.Known.ContainsKey(driver))
            .WithMessage(task => $"Expected one of {string.Join(", ", DriverNames.Known.Keys)}; {Quote.Of(task.Driver)} came.");
        RuleFor(task => task.Config).Custom((_, context) => TaskConfigRules.Check(context));
        RuleFor(task => task.Env).IsEnvironment();
        RuleFor(task => task.Meta).IsMeta();
        RuleFor(task => task.Constraints).AreConstraints(ofTask: true);
        RuleFor(task => task.Resources!).SetValidator(ResourcesValidator.Instance).When(task => task.Resources is not null);
        RuleFor(task => task.KillTimeout).Must(timeout => timeout is null or (>= 0 and <= JobLimits.MaxKillTimeout))
            .WithMessage(task => $"Expected 0 to 1 hour, in nanoseconds; {task.KillTimeout} came.");
        RuleFor(task => task.KillSignal).Must(signal => string.IsNullOrEmpty(signal) || Signals.Contains(signal))
            .WithMessage(task => $"Expected a signal such as SIGTERM or SIGINT; {Quote.Of(task.KillSignal)} came.");
        RuleFor(task => task.ShutdownDelay).IsShutdownDelay();
        RuleFor(task => task.LogConfig!.MaxFiles).Must(files => files is null or (>= 1 and <= 100))
            .WithMessage(task => $"Expected 1 to 100; {task.LogConfig!.MaxFiles} came.")
            .When(task => task.LogConfig is not null);
        RuleFor(task => task.LogConfig!.MaxFileSizeMB).Must(size => size is null or (>= 1 and <= 1024))
            .WithMessage(task => $"Expected 1 to 1024 MiB; {task.LogConfig!.MaxFileSizeMB} came.")
            .When(task => task.LogConfig is not null);
    }

    private static bool IsFolderName(string? name) => name is { Length: > 0 and <= 64 } and not ("." or ".." or "alloc")
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}

internal sealed class ResourcesValidator : AbstractValidator<Resources>
{
    public static readonly ResourcesValidator Instance = new();

    private ResourcesValidator()
    {
        RuleFor(resources => resources.Cores).Must(cores => cores is null or (>= 0 and <= JobLimits.MaxCores))
            .WithMessage(resources => $"Expected 1 to {JobLimits.MaxCores}; {resources.Cores} came.");
        RuleFor(resources => resources.CPU).Must(cpu => cpu is null or 0).When(resources => resources.Cores is > 0, ApplyConditionTo.CurrentValidator)
            .WithMessage("A task asks for Cores or for CPU, not for both.")
            .Must(cpu => cpu is null or (>= 1 and <= JobLimits.MaxCpuMhz)).When(resources => resources.Cores is not > 0, ApplyConditionTo.CurrentValidator)
            .WithMessage(resources => $"Expected 1 to {JobLimits.MaxCpuMhz} MHz; {resources.CPU} came.");
        RuleFor(resources => resources.MemoryMB)
            .Must(memory => memory is null or (>= JobLimits.MinMemoryMB and <= JobLimits.MaxMemoryMB))
            .WithMessage(resources => $"Expected {JobLimits.MinMemoryMB} to {JobLimits.MaxMemoryMB} MiB; {resources.MemoryMB} came.");
    }
}
