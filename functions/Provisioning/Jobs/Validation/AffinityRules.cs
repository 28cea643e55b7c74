using Saas.Contracts.Jobs;

namespace Saas.Provisioning.Jobs.Validation;

/// <summary>Nomad's rules for affinities and spreads. System jobs have none: they run on every node that suits.</summary>
internal static class AffinityRules
{
    private const string OnEveryNode = "A system job runs on every node that suits: it has no choice to wish for.";

    public static IEnumerable<Fault> FaultsOf(IReadOnlyList<Affinity>? affinities, IReadOnlyList<Spread>? spreads, string type)
    {
        if (type == JobTypes.System)
        {
            return
            [
                .. affinities is { Count: > 0 } ? [new Fault("Affinities", OnEveryNode)] : Array.Empty<Fault>(),
                .. spreads is { Count: > 0 } ? [new Fault("Spreads", OnEveryNode)] : Array.Empty<Fault>(),
            ];
        }

        return FaultsOf(affinities).Concat(FaultsOf(spreads));
    }

    /// <param name="ofDevice">Targets are a device's, not a node's.</param>
    public static IEnumerable<Fault> FaultsOf(IReadOnlyList<Affinity>? affinities, bool ofDevice = false)
    {
        if (affinities?.Count > JobLimits.MaxConstraints)
        {
            return [new Fault("Affinities", $"At most {JobLimits.MaxConstraints} affinities; {affinities.Count} came.")];
        }

        return (affinities ?? []).Index().SelectMany(affinity => FaultsOf(affinity.Item, ofDevice).Select(fault => fault.Under($"Affinities[{affinity.Index}]")));
    }

    private static IEnumerable<Fault> FaultsOf(Affinity? affinity, bool ofDevice)
    {
        if (affinity is null)
        {
            yield return new Fault("", "An affinity is an object; null came.");
            yield break;
        }

        if (affinity.Operand is Operands.DistinctHosts or Operands.DistinctProperty or Operands.IsSet or Operands.IsNotSet)
        {
            yield return new Fault("Operand", $"{Quote.Of(affinity.Operand)} is no operand of an affinity.");
        }
        else if (ConstraintRules.FaultOf(new Constraint { LTarget = affinity.LTarget, Operand = affinity.Operand, RTarget = affinity.RTarget }, ofDevice) is { } fault)
        {
            yield return new Fault("", fault);
        }

        if (affinity.Weight is 0 or < -100 or > 100)
        {
            yield return new Fault("Weight", $"Expected -100 to 100 and not 0; {affinity.Weight} came.");
        }
    }

    private static IEnumerable<Fault> FaultsOf(IReadOnlyList<Spread>? spreads)
    {
        if (spreads?.Count > JobLimits.MaxSpreads)
        {
            return [new Fault("Spreads", $"At most {JobLimits.MaxSpreads} spreads; {spreads.Count} came.")];
        }

        return (spreads ?? []).Index().SelectMany(spread => FaultsOf(spread.Item).Select(fault => fault.Under($"Spreads[{spread.Index}]")));
    }

    private static IEnumerable<Fault> FaultsOf(Spread? spread)
    {
        if (spread is null)
        {
            yield return new Fault("", "A spread is an object; null came.");
            yield break;
        }

        if (string.IsNullOrEmpty(spread.Attribute) || spread.Attribute.Length > JobLimits.MaxTargetLength || ConstraintRules.FaultOfTarget(spread.Attribute) is not null)
        {
            yield return new Fault("Attribute", $"Expected something of a node, such as ${{node.datacenter}}; {Quote.Of(spread.Attribute)} came.");
        }

        if (spread.Weight is < 1 or > 100)
        {
            yield return new Fault("Weight", $"Expected 1 to 100; {spread.Weight} came.");
        }

        var targets = spread.SpreadTarget ?? [];
        if (targets.Count > JobLimits.MaxSpreadTargets || targets.Any(static target => target?.Value is not { Length: > 0 and <= JobLimits.MaxTargetLength }))
        {
            yield return new Fault("SpreadTarget", $"At most {JobLimits.MaxSpreadTargets} targets, each with a value of 1 to {JobLimits.MaxTargetLength} characters.");
            yield break;
        }

        if (targets.GroupBy(static target => target.Value, StringComparer.Ordinal).FirstOrDefault(static same => same.Count() > 1) is { } repeated)
        {
            yield return new Fault("SpreadTarget", $"More than one target is for {Quote.Of(repeated.Key)}.");
        }

        if (targets.Any(static target => target.Percent is < 0 or > 100) || targets.Sum(static target => (long)(target.Percent ?? 0)) > 100)
        {
            yield return new Fault("SpreadTarget", "Expected percentages from 0 to 100, together at most 100.");
        }
    }
}
