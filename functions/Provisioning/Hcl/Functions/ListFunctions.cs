using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Functions;

internal static class ListFunctions
{
    public static IReadOnlyList<Function> All { get; } =
    [
        Function.Of("chunklist", [Parameter.List("list"), Parameter.Number("size")], ChunkList),
        Function.Of("coalesce", [Parameter.AnyOrNull("vals")], Parameter.AnyOrNull("vals"), Coalesce),
        Function.Of("coalescelist", [Parameter.AnyOrNull("vals")], Parameter.AnyOrNull("vals"), CoalesceList),
        Function.Of("compact", [Parameter.Texts("list")], call => HclSequence.List(
            HclType.Text, [.. call.Sequence(0).Elements.Where(element => element is HclString { Text.Length: > 0 })])),
        Function.Of("concat", [Parameter.Any("seqs")], Parameter.Any("seqs"), Concat),
        Function.Of("contains", [Parameter.Any("list"), Parameter.AnyOrNull("value")], call => HclBool.Of(
            Elements(call[0]).Any(element => HclOrder.AreEqual(element, call[1])))),
        Function.Of("distinct", [Parameter.List("list")], call => HclSequence.List(
            ElementType(call.Sequence(0)), [.. call.Sequence(0).Elements.Distinct(HclOrder.Comparer.Instance)])),
        Function.Of("element", [Parameter.Any("list"), Parameter.Number("index")], Element) with { LooksAtOne = true },
        Function.Of("flatten", [Parameter.Any("list")], call => HclSequence.Tuple([.. Flat(Elements(call[0]))])),
        Function.Of("index", [Parameter.Any("collection"), Parameter.Any("key")], Index),
        Function.Of("length", [Parameter.Any("value")], call => HclNumber.Of(call[0] is HclMapping mapping ? mapping.Count : Elements(call[0]).Count)) with { LooksAtOne = true },
        Function.Of("range", [Parameter.Number("params")], Parameter.Number("params"), Range),
        Function.Of("reverse", [Parameter.Any("list")], call => call[0] switch
        {
            HclString text => new HclString(TextFunctions.Reverse(text.Text)),
            HclSequence { Type: TupleType } tuple => HclSequence.Tuple([.. tuple.Elements.Reverse()]),
            _ => HclSequence.List(ElementType((call[0] as HclSequence) ?? throw NoList()), [.. Elements(call[0]).Reverse()]),
        }),
        Function.Of("slice", [Parameter.Any("list"), Parameter.Number("start_index"), Parameter.Number("end_index")], Slice),
        Function.Of("sort", [Parameter.Texts("list")], call => HclSequence.List(
            HclType.Text, [.. call.Texts(0).Order(StringComparer.Ordinal).Select(text => new HclString(text))])),
    ];

    /// <exception cref="HclValueException">It is no list, set or tuple.</exception>
    public static IReadOnlyList<HclValue> Elements(HclValue value) => (value as HclSequence)?.Elements ?? throw NoList();

    private static HclValueException NoList() => new("argument must be a list, set or tuple");

    private static HclType ElementType(HclSequence sequence) => sequence.Type switch
    {
        ListType list => list.Element,
        SetType set => set.Element,
        _ => HclType.Any,
    };

    private static HclSequence ChunkList(FunctionCall call)
    {
        var (list, size) = (call.Sequence(0), call.Int(1));
        var chunks = size switch
        {
            < 0 => throw new HclValueException("the size argument must be positive"),
            0 => [[.. list.Elements]],
            _ => list.Elements.Chunk(size),
        };
        return HclSequence.List(list.Type, [.. chunks.Select(chunk => HclSequence.List(ElementType(list), chunk))]);
    }

    /// <summary>The first that is not null, in the one type of all.</summary>
    private static HclValue Coalesce(FunctionCall call)
    {
        var type = Unification.Of([.. call.Arguments.Select(argument => argument.Type)])
            ?? throw new HclValueException("all arguments must have the same type");
        return call.Arguments.FirstOrDefault(argument => !argument.IsNull) is { } first
            ? Conversion.To(first, type)
            : throw new HclValueException("no non-null arguments");
    }

    private static HclValue CoalesceList(FunctionCall call) =>
        call.Arguments.FirstOrDefault(argument => !argument.IsNull && Elements(argument).Count > 0) ?? throw new HclValueException("no non-empty arguments");

    /// <summary>Lists of one type make a list of it; all else a tuple.</summary>
    private static HclSequence Concat(FunctionCall call)
    {
        var elements = call.Arguments.SelectMany(Elements).ToList();
        return call.Arguments.All(argument => argument.Type is ListType && argument.Type.Equals(call[0].Type))
            ? HclSequence.List(ElementType((HclSequence)call[0]), elements)
            : HclSequence.Tuple(elements);
    }

    /// <summary>Beyond the end it begins anew.</summary>
    private static HclValue Element(FunctionCall call)
    {
        var elements = Elements(call[0]);
        return (elements.Count, call.Int(1)) switch
        {
            (0, _) => throw new HclValueException("cannot use element function with an empty list"),
            (_, < 0) => throw new HclValueException("cannot use element function with a negative index"),
            var (count, index) => elements[index % count],
        };
    }

    private static IEnumerable<HclValue> Flat(IEnumerable<HclValue> elements) =>
        elements.SelectMany(element => element is HclSequence inner ? Flat(inner.Elements) : [element]);

    /// <summary>
    /// The element at a key: that is what Nomad's function does. Its documentation has it find the place of a value; of a list,
    /// a value that is no number can be nothing else.
    /// </summary>
    private static HclValue Index(FunctionCall call)
    {
        if (call[0] is HclMapping mapping)
        {
            return mapping.Find(Conversion.ToText(call[1])) ?? throw new HclValueException("element with the given key not found");
        }

        var elements = Elements(call[0]);
        if (call[1] is HclNumber number)
        {
            return number.ToInt64() is { } at and >= 0 && at < elements.Count ? elements[(int)at] : throw new HclValueException("element with the given index not found");
        }

        for (var i = 0; i < elements.Count; i++)
        {
            if (HclOrder.AreEqual(elements[i], call[1]))
            {
                return HclNumber.Of(i);
            }
        }

        throw new HclValueException("item not found");
    }

    private static HclSequence Range(FunctionCall call)
    {
        var numbers = call.Arguments.Cast<HclNumber>().ToList();
        var (start, end) = numbers.Count == 1 ? (HclNumber.Zero, numbers[0]) : (numbers[0], numbers[1]);
        var step = numbers.Count switch
        {
            3 => numbers[2],
            > 3 => throw new HclValueException("must have one, two, or three arguments"),
            _ => start.CompareTo(end) <= 0 ? HclNumber.One : HclNumber.One.Negate(),
        };
        if (start.CompareTo(end) is var direction && direction != 0 && step.Sign != -direction)
        {
            throw new HclValueException(step.Sign == 0 ? "step must not be zero" : "the step leads away from the end value");
        }

        var values = new List<HclValue>();
        for (var value = start; step.Sign > 0 ? value.CompareTo(end) < 0 : value.CompareTo(end) > 0; value = value.Add(step))
        {
            values.Add(values.Count < HclLimits.RangeValues
                ? value
                : throw new HclValueException($"more than {HclLimits.RangeValues} values were generated; either decrease the difference between start and end or use a smaller step"));
        }

        return HclSequence.List(HclType.Number, values);
    }

    private static HclSequence Slice(FunctionCall call)
    {
        var (elements, start, end) = (Elements(call[0]), call.Int(1), call.Int(2));
        if (start < 0 || end > elements.Count || start > end)
        {
            throw new HclValueException($"start and end index must be 0 to {elements.Count}, and start not greater than end");
        }

        var part = elements.Skip(start).Take(end - start).ToList();
        return call[0].Type is TupleType ? HclSequence.Tuple(part) : HclSequence.List(ElementType(call.Sequence(0)), part);
    }
}
