using System.Text.RegularExpressions;

namespace Saas.Discovery.Filter.Evaluation;

/// <summary>
/// A test, or its opposite. Of the entry that a map lacks, opposites hold and the others do not; so it is in Consul, with
/// the exceptions that the tests name.
/// </summary>
internal abstract class OpposableTest(bool negated) : FilterTest
{
    protected bool Negated => negated;

    public override bool Holds(in FilterValue value) => value.IsAbsent ? negated : HoldsFor(value) != negated;

    protected abstract bool HoldsFor(in FilterValue value);
}

internal sealed class TextIs(string text, bool negated) : OpposableTest(negated)
{
    protected override bool HoldsFor(in FilterValue value) => value.Text == text;
}

/// <summary>The text is a part of the value.</summary>
internal sealed class TextHas(string part, bool negated) : OpposableTest(negated)
{
    protected override bool HoldsFor(in FilterValue value) => value.Text!.Contains(part, StringComparison.Ordinal);
}

/// <summary>
/// A match anywhere in the value. An absent entry matches every pattern, and does not match it: go-bexpr 0.1.2 answers so
/// for all operators except <c>==</c>, <c>in</c> and <c>is not empty</c>, and Consul with it.
/// </summary>
internal sealed class TextMatches(Regex pattern, bool negated) : OpposableTest(negated)
{
    public override bool Holds(in FilterValue value) => value.IsAbsent || HoldsFor(value) != Negated;

    protected override bool HoldsFor(in FilterValue value) => pattern.IsMatch(value.Text!);
}

internal sealed class NumberIs(long number, bool negated) : OpposableTest(negated)
{
    protected override bool HoldsFor(in FilterValue value) => value.Number == number;
}

internal sealed class BooleanIs(bool boolean, bool negated) : OpposableTest(negated)
{
    protected override bool HoldsFor(in FilterValue value) => value.Boolean == boolean;
}

internal sealed class ListHas(string element, bool negated) : OpposableTest(negated)
{
    protected override bool HoldsFor(in FilterValue value)
    {
        var list = value.List!;
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i] == element)
            {
                return true;
            }
        }

        return false;
    }
}

internal sealed class ListIsEmpty(bool negated) : OpposableTest(negated)
{
    protected override bool HoldsFor(in FilterValue value) => value.List!.Count == 0;
}

/// <summary>The text is one of the map's keys.</summary>
internal sealed class MapHas(string key, bool negated) : OpposableTest(negated)
{
    protected override bool HoldsFor(in FilterValue value) =>
        value.Addresses?.ContainsKey(key) ?? value.Map?.ContainsKey(key) ?? false;
}

internal sealed class MapIsEmpty(bool negated) : OpposableTest(negated)
{
    protected override bool HoldsFor(in FilterValue value) => (value.Addresses?.Count ?? value.Map?.Count ?? 0) == 0;
}
