namespace Saas.Provisioning.Hcl.Values;

/// <summary>Whether values are the same, and the order of a set's.</summary>
internal static class HclOrder
{
    /// <summary>Same type and same content. Null is null, of whatever type.</summary>
    public static bool AreEqual(HclValue left, HclValue right) => ReferenceEquals(left, right) || (left, right) switch
    {
        (HclNull, HclNull) => true,
        (HclString a, HclString b) => a.Text == b.Text,
        (HclNumber a, HclNumber b) => a.CompareTo(b) == 0,
        (HclBool a, HclBool b) => a.Value == b.Value,
        (HclSequence a, HclSequence b) => a.Elements.Count == b.Elements.Count && a.Type.Equals(b.Type)
            && a.Elements.Zip(b.Elements).All(pair => AreEqual(pair.First, pair.Second)),
        (HclMapping a, HclMapping b) => a.Count == b.Count && a.Type.Equals(b.Type)
            && a.Keys.All(key => b.Find(key) is { } other && AreEqual(a[key], other)),
        _ => false,
    };

    public static int HashOf(HclValue value) => value switch
    {
        HclString text => text.Text.GetHashCode(StringComparison.Ordinal),
        HclNumber number => number.GetHashCode(),
        HclBool flag => flag.Value ? 1 : 2,
        HclSequence sequence => sequence.Elements.Aggregate(17, static (hash, element) => HashCode.Combine(hash, HashOf(element))),
        HclMapping mapping => mapping.Keys.Aggregate(19, (hash, key) => HashCode.Combine(hash, key, HashOf(mapping[key]))),
        _ => 0,
    };

    /// <summary>Texts, numbers and flags in their order; else as they come.</summary>
    public static IReadOnlyList<HclValue> Distinct(IEnumerable<HclValue> values)
    {
        var distinct = values.Distinct(Comparer.Instance).ToList();
        return distinct.All(value => value is HclString or HclNumber or HclBool)
            ? [.. distinct.Order(Comparer.Instance)]
            : distinct;
    }

    public sealed class Comparer : IEqualityComparer<HclValue>, IComparer<HclValue>
    {
        public static readonly Comparer Instance = new();

        public bool Equals(HclValue? x, HclValue? y) => x is not null && y is not null && AreEqual(x, y);

        public int GetHashCode(HclValue obj) => HashOf(obj);

        public int Compare(HclValue? x, HclValue? y) => (x, y) switch
        {
            (HclString a, HclString b) => string.CompareOrdinal(a.Text, b.Text),
            (HclNumber a, HclNumber b) => a.CompareTo(b),
            (HclBool a, HclBool b) => a.Value.CompareTo(b.Value),
            _ => 0,
        };
    }
}
