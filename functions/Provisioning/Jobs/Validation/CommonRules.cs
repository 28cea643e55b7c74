using FluentValidation;
using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>Rules that jobs, groups and tasks share.</summary>
internal static class CommonRules
{
    public static void IsName<T>(this IRuleBuilder<T, string?> rule) =>
        rule.Must(name => name is { Length: > 0 and <= JobLimits.MaxNameLength } && !name.Any(char.IsControl))
            .WithMessage("A name has 1 to 128 characters, no control characters among them.");

    public static IRuleBuilderOptions<T, IReadOnlyList<TItem>?> HaveDifferentNames<T, TItem>(
        this IRuleBuilder<T, IReadOnlyList<TItem>?> rule, Func<TItem, string?> name, string what) =>
        rule.Must(items => Repeated(items!, name) is null)
            .WithMessage((_, items) => $"More than one {what} is named {Quote.Of(Repeated(items!, name))}.");

    public static void IsMeta<T>(this IRuleBuilder<T, IReadOnlyDictionary<string, string>?> rule) =>
        rule.AreEntries(JobLimits.MaxMetaValueLength, key => key.Length > 0, "not empty");

    public static void IsEnvironment<T>(this IRuleBuilder<T, IReadOnlyDictionary<string, string>?> rule) =>
        rule.AreEntries(JobLimits.MaxEnvValueLength, key => key.Length > 0 && !key.AsSpan().ContainsAny('=', '\0'), "not empty and without =");

    public static void IsShutdownDelay<T>(this IRuleBuilder<T, long?> rule) =>
        rule.Must(delay => delay is null or (>= 0 and <= JobLimits.MaxShutdownDelay))
            .WithMessage((_, delay) => $"Expected 0 to 1 hour, in nanoseconds; {delay} came.");

    public static void AreConstraints<T>(this IRuleBuilder<T, IReadOnlyList<Constraint>?> rule, bool ofTask = false) =>
        rule.Custom((constraints, context) =>
        {
            if (constraints?.Count > JobLimits.MaxConstraints)
            {
                context.AddFailure($"At most {JobLimits.MaxConstraints} constraints; {constraints.Count} came.");
                return;
            }

            for (var i = 0; i < constraints?.Count; i++)
            {
                var fault = ofTask && constraints[i]?.Operand is Operands.DistinctHosts or Operands.DistinctProperty
                    ? $"{constraints[i].Operand} is about allocations, not tasks: put it on the group or the job."
                    : ConstraintRules.FaultOf(constraints[i]);
                if (fault is not null)
                {
                    context.AddFailure($"{nameof(Job.Constraints)}[{i}]", fault);
                }
            }
        });

    private static void AreEntries<T>(
        this IRuleBuilder<T, IReadOnlyDictionary<string, string>?> rule, int maxValue, Func<string, bool> keyIsGood, string keyRule) =>
        rule.Custom((entries, context) =>
        {
            if (entries?.Count > JobLimits.MaxEntries)
            {
                context.AddFailure($"At most {JobLimits.MaxEntries} entries; {entries.Count} came.");
                return;
            }

            foreach (var (key, value) in entries ?? new Dictionary<string, string>())
            {
                if (key.Length > JobLimits.MaxKeyLength || !keyIsGood(key))
                {
                    context.AddFailure($"A key has at most {JobLimits.MaxKeyLength} characters and is {keyRule}; {Quote.Of(key)} came.");
                }
                else if (value is null || value.Length > maxValue || value.Contains('\0', StringComparison.Ordinal))
                {
                    context.AddFailure($"{Quote.Of(key)} has to be text of at most {maxValue} characters without NUL.");
                }
            }
        });

    private static string? Repeated<TItem>(IReadOnlyList<TItem> items, Func<TItem, string?> name)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (item is not null && name(item) is { } text && !seen.Add(text))
            {
                return text;
            }
        }

        return null;
    }
}
