namespace Saas.Provisioning.Hcl.Values;

/// <summary>A list, set or tuple.</summary>
internal sealed class HclSequence : HclValue
{
    public static readonly HclSequence EmptyTuple = Tuple([]);

    private readonly Lazy<HclType> _type;

    private HclSequence(Func<HclType> type, IReadOnlyList<HclValue> elements)
    {
        (_type, Elements) = (new Lazy<HclType>(type), elements);
        (Weight, Depth) = Measure(elements);
    }

    /// <summary>A set's are in order and differ.</summary>
    public IReadOnlyList<HclValue> Elements { get; }

    public override HclType Type => _type.Value;

    public override long Weight { get; }

    public override int Depth { get; }

    /// <summary>Elements of any types.</summary>
    public static HclSequence Tuple(IReadOnlyList<HclValue> elements) =>
        new(() => new TupleType([.. elements.Select(element => element.Type)]), elements);

    /// <param name="elements">Of the type, or null.</param>
    public static HclSequence List(HclType type, IReadOnlyList<HclValue> elements) => new(() => HclType.ListOf(type), elements);

    /// <param name="elements">Of the type; in any order and any number of times.</param>
    public static HclSequence Set(HclType type, IEnumerable<HclValue> elements) => new(() => HclType.SetOf(type), HclOrder.Distinct(elements));
}

/// <summary>A map or object; keys are in order.</summary>
internal sealed class HclMapping : HclValue
{
    public static readonly HclMapping EmptyObject = Object([]);

    private readonly Lazy<HclType> _type;
    private readonly Dictionary<string, HclValue> _entries;

    private HclMapping(Func<HclType> type, Dictionary<string, HclValue> entries)
    {
        (_type, _entries) = (new Lazy<HclType>(type), entries);
        Keys = [.. entries.Keys.Order(StringComparer.Ordinal)];
        (Weight, Depth) = Measure(entries.Values);
        Weight += entries.Keys.Sum(key => (long)key.Length);
    }

    public IReadOnlyList<string> Keys { get; }

    public int Count => Keys.Count;

    public override HclType Type => _type.Value;

    public override long Weight { get; }

    public override int Depth { get; }

    public HclValue this[string key] => _entries[key];

    /// <param name="entries">Not changed afterwards.</param>
    public static HclMapping Object(Dictionary<string, HclValue> entries) =>
        new(() => new ObjectType(entries.ToDictionary(entry => entry.Key, entry => entry.Value.Type, StringComparer.Ordinal)), entries);

    /// <param name="type">Of the values, which have it or are null.</param>
    /// <param name="entries">As of an object.</param>
    public static HclMapping Map(HclType type, Dictionary<string, HclValue> entries) => new(() => HclType.MapOf(type), entries);

    public HclValue? Find(string key) => _entries.GetValueOrDefault(key);
}
