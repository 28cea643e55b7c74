using FluentValidation;
using Saas.Identity;
using Saas.Identity.Access;
using Saas.Onboarding.Api;

namespace Saas.Onboarding.Keys;

/// <summary>What a key's own policies must hold to: bounded in every direction, and clear about each fault.</summary>
internal sealed class PolicyRules : AbstractValidator<PolicyDocument>
{
    public PolicyRules()
    {
        RuleFor(p => p.Name).IsSlug("name");
        RuleFor(p => p.Statements).Must(s => s.Count is >= 1 and <= IdentityLimits.MaxStatements)
            .WithMessage((_, s) => $"Expected 1 to {IdentityLimits.MaxStatements} statements; {s.Count} came.")
            .OverridePropertyName("statements");
        RuleFor(p => p.Statements).Must(s => s.All(statement => statement is not null))
            .WithMessage("Expected statements; null came.")
            .OverridePropertyName("statements");
        RuleForEach(p => p.Statements).SetValidator(new StatementRules()).OverridePropertyName("statements");
    }

    private sealed class StatementRules : AbstractValidator<StatementDocument>
    {
        public StatementRules()
        {
            RuleFor(s => s.Effect).IsOneOf("effect", [StatementDocument.Allow, StatementDocument.Deny]);
            Patterns(RuleFor(s => s.Actions), "actions", IsAction, "like jobs:submit, jobs:* or *; those of agents cannot be given");
            Patterns(RuleFor(s => s.Resources), "resources", IsResource, "like project/prj_…/job/* or *");
        }

        private static void Patterns(
            IRuleBuilderInitial<StatementDocument, IReadOnlyList<string>> rule, string field, Func<string, bool> isPattern, string form) =>
            rule.Must(p => p.Count is >= 1 and <= IdentityLimits.MaxPatterns)
                .WithMessage((_, p) => $"Expected 1 to {IdentityLimits.MaxPatterns} patterns; {p.Count} came.")
                .Must(p => p.All(isPattern))
                .WithMessage((_, p) => $"Expected patterns of 1 to {IdentityLimits.MaxPatternLength} printable characters {form}; {Rules.Came(p.First(x => !isPattern(x)))} came.")
                .OverridePropertyName(field);

        private static bool IsAction(string pattern) =>
            IsPrintable(pattern)
            && pattern.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '*' or '-')
            && !pattern.StartsWith(Authorizer.AgentActions, StringComparison.Ordinal);

        private static bool IsResource(string pattern) => IsPrintable(pattern);

        private static bool IsPrintable(string? pattern) =>
            pattern is { Length: >= 1 and <= IdentityLimits.MaxPatternLength } && pattern.All(c => c is > ' ' and <= '~');
    }
}
