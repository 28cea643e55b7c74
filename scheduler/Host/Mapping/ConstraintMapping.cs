using Saas.Contracts.Jobs;
using Saas.Scheduler.Core.Feasibility;

namespace Saas.Scheduler.Host.Mapping;

/// <summary>Constraints and affinities as submitted, parsed.</summary>
internal static class ConstraintMapping
{
    private const int DefaultWeight = 50;

    public static NodeConstraint[] ToConstraints(IReadOnlyList<Constraint>? constraints) =>
        [.. (constraints ?? []).Select(static constraint => ToConstraint(constraint.LTarget, constraint.Operand, constraint.RTarget))];

    public static Core.Model.Affinity[] ToAffinities(IReadOnlyList<Affinity>? affinities) =>
    [
        .. (affinities ?? []).Select(static affinity => new Core.Model.Affinity(
            ToConstraint(affinity.LTarget, affinity.Operand, affinity.RTarget), affinity.Weight ?? DefaultWeight)),
    ];

    private static NodeConstraint ToConstraint(string? left, string? operand, string? right) =>
        new(left ?? "", string.IsNullOrEmpty(operand) ? "=" : operand, right ?? "");
}
