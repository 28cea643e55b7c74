using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Functions;

internal static class SetFunctions
{
    public static IReadOnlyList<Function> All { get; } =
    [
        Function.Of("setintersection", [Set("first_set")], Set("other_sets"), call => Combine(
            call, static (all, next) => all.Intersect(next, HclOrder.Comparer.Instance))),
        Function.Of("setunion", [Set("first_set")], Set("other_sets"), call => Combine(
            call, static (all, next) => all.Union(next, HclOrder.Comparer.Instance))),
        Function.Of("setproduct", [Parameter.Any("sets")], Parameter.Any("sets"), Product),
    ];

    private static Parameter Set(string name) => new(name, HclType.SetOf(HclType.Any));

    private static HclSequence Combine(FunctionCall call, Func<IEnumerable<HclValue>, IEnumerable<HclValue>, IEnumerable<HclValue>> combine)
    {
        var type = Unification.Of([.. call.Arguments.Select(argument => ((SetType)argument.Type).Element)])
            ?? throw new HclValueException("all sets must have elements of one type");
        var sets = call.Arguments.Select(argument => ((HclSequence)argument).Elements.Select(element => Conversion.To(element, type)));
        return HclSequence.Set(type, sets.Aggregate(combine));
    }

    /// <summary>All ways to take one element of each, in the order of the arguments.</summary>
    private static HclSequence Product(FunctionCall call)
    {
        var all = call.Arguments.Select(ListFunctions.Elements).ToList();
        if (all.Count < 2)
        {
            throw new HclValueException("at least two arguments are required");
        }

        var total = all.Aggregate(1d, static (product, elements) => product * elements.Count);
        call.Budget.Spend(total * all.Count * HclLimits.NodeWeight > HclLimits.Work ? HclLimits.Work : (long)total * all.Count * HclLimits.NodeWeight);
        IEnumerable<IReadOnlyList<HclValue>> combinations = [[]];
        foreach (var elements in all)
        {
            combinations = combinations.SelectMany(_ => elements, IReadOnlyList<HclValue> (before, element) => [.. before, element]);
        }

        var tuples = combinations.Select(HclValue (elements) => HclSequence.Tuple(elements)).ToList();
        return call.Arguments.All(argument => argument.Type is SetType)
            ? HclSequence.Set(Unification.Of([.. tuples.Select(tuple => tuple.Type)]) ?? HclType.Any, tuples)
            : HclSequence.Tuple(tuples);
    }
}
