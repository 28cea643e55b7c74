using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Defaults;

/// <summary>Constraints, affinities and spreads. Those of a job are not copied into its groups: the scheduler joins them.</summary>
internal static class PlacementDefaults
{
    private const int Weight = 50;

    public static IReadOnlyList<Constraint> Complete(IReadOnlyList<Constraint>? constraints) =>
    [
        .. (constraints ?? []).Select(static constraint => new Constraint
        {
            LTarget = constraint.LTarget ?? "",
            RTarget = constraint.RTarget ?? "",
            Operand = OperandOf(constraint.Operand),
        }),
    ];

    public static IReadOnlyList<Affinity>? Complete(IReadOnlyList<Affinity>? affinities) => affinities is { Count: > 0 }
        ? [.. affinities.Select(static affinity => new Affinity
        {
            LTarget = affinity.LTarget ?? "",
            RTarget = affinity.RTarget ?? "",
            Operand = OperandOf(affinity.Operand),
            Weight = affinity.Weight ?? Weight,
        })]
        : null;

    public static IReadOnlyList<Spread>? Complete(IReadOnlyList<Spread>? spreads) => spreads is { Count: > 0 }
        ? [.. spreads.Select(static spread => new Spread
        {
            Attribute = spread.Attribute,
            Weight = spread.Weight ?? Weight,
            SpreadTarget = [.. (spread.SpreadTarget ?? []).Select(static target => new SpreadTarget { Value = target.Value, Percent = target.Percent ?? 0 })],
        })]
        : null;

    private static string OperandOf(string? operand) => string.IsNullOrEmpty(operand) ? Operands.Equal : operand;
}
