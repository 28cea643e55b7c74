using Saas.Discovery.Model;

namespace Saas.Discovery.Filter;

/// <summary>
/// The fields of a type, by name, each with a function that reads it. Declared once, in a static; afterwards any number of
/// threads may ask. Functions must not throw, and should not allocate: they are called for every item of every question.
/// </summary>
/// <example><c>new FilterFields&lt;Node&gt;().Text("Node", n => n.Name).Map("Meta", n => n.Meta)</c></example>
public sealed class FilterFields<T> : IFilterFields<T>
{
    private delegate IFilterField<T>? Finder(ReadOnlySpan<string> rest);

    private readonly Dictionary<string, Finder> finders = new(StringComparer.Ordinal);

    public FilterFields<T> Text(string name, Func<T, string> value) =>
        Value(name, FilterKind.Text, item => FilterValue.Of(value(item)));

    public FilterFields<T> Number(string name, Func<T, long> value) =>
        Value(name, FilterKind.Number, item => FilterValue.Of(value(item)));

    public FilterFields<T> Boolean(string name, Func<T, bool> value) =>
        Value(name, FilterKind.Boolean, item => FilterValue.Of(value(item)));

    public FilterFields<T> List(string name, Func<T, IReadOnlyList<string>> value) =>
        Value(name, FilterKind.List, item => FilterValue.Of(value(item)));

    /// <summary>The map, and its entries: <c>Meta</c> and <c>Meta.env</c>.</summary>
    public FilterFields<T> Map(string name, Func<T, IReadOnlyDictionary<string, string>?> value)
    {
        var map = new ValueField<T>(FilterKind.Map, item => FilterValue.Of(value(item)));
        finders.Add(name, rest => rest switch
        {
            [] => map,
            [var key] => new ValueField<T>(FilterKind.Text, item =>
                value(item) is { } entries && entries.TryGetValue(key, out var text) ? FilterValue.Of(text) : FilterValue.Absent),
            _ => null,
        });
        return this;
    }

    /// <summary>Addresses by tag: <c>TaggedAddresses</c>, <c>TaggedAddresses.wan.Address</c>, <c>TaggedAddresses.wan.Port</c>.</summary>
    public FilterFields<T> Addresses(string name, Func<T, IReadOnlyDictionary<string, ServiceAddress>?> value)
    {
        var map = new ValueField<T>(FilterKind.Map, item => FilterValue.Of(value(item)));
        finders.Add(name, rest => rest switch
        {
            [] => map,
            [_] => new ValueField<T>(FilterKind.Record, static _ => FilterValue.Absent),
            [var tag, "Address"] => new ValueField<T>(FilterKind.Text, item =>
                value(item) is { } all && all.TryGetValue(tag, out var one) ? FilterValue.Of(one.Address) : FilterValue.Absent),
            [var tag, "Port"] => new ValueField<T>(FilterKind.Number, item =>
                value(item) is { } all && all.TryGetValue(tag, out var one) ? FilterValue.Of(one.Port) : FilterValue.Absent),
            _ => null,
        });
        return this;
    }

    /// <summary>A part with fields of its own: <c>Weights.Passing</c>.</summary>
    public FilterFields<T> Record<TPart>(string name, Func<T, TPart> part, IFilterFields<TPart> fields)
    {
        var whole = new ValueField<T>(FilterKind.Record, static _ => FilterValue.Absent);
        finders.Add(name, rest => rest.IsEmpty
            ? whole
            : fields.Find(rest) is { } field ? new PartField<T, TPart>(part, field) : null);
        return this;
    }

    /// <summary>Any number of parts with the same fields: <c>Checks.Status</c> is the status of any check.</summary>
    public FilterFields<T> Records<TPart>(string name, Func<T, IReadOnlyList<TPart>> parts, IFilterFields<TPart> fields)
    {
        var whole = new ValueField<T>(FilterKind.Records, item => FilterValue.Of(parts(item).Count));
        finders.Add(name, rest => rest.IsEmpty
            ? whole
            : fields.Find(rest) is { } field ? new PartsField<T, TPart>(parts, field) : null);
        return this;
    }

    public IFilterField<T>? Find(ReadOnlySpan<string> selector) =>
        !selector.IsEmpty && finders.TryGetValue(selector[0], out var finder) ? finder(selector[1..]) : null;

    public FilterKind? KindOf(ReadOnlySpan<string> selector) => Find(selector)?.Kind;

    public FilterValue ValueOf(T item, ReadOnlySpan<string> selector)
    {
        var first = new FirstValue();
        Find(selector)?.Any(item, first);
        return first.Value;
    }

    private FilterFields<T> Value(string name, FilterKind kind, Func<T, FilterValue> value)
    {
        var field = new ValueField<T>(kind, value);
        finders.Add(name, rest => rest.IsEmpty ? field : null);
        return this;
    }

    private sealed class FirstValue : FilterTest
    {
        public FilterValue Value { get; private set; } = FilterValue.Absent;

        public override bool Holds(in FilterValue value)
        {
            Value = value;
            return true;
        }
    }
}

internal sealed class ValueField<T>(FilterKind kind, Func<T, FilterValue> value) : IFilterField<T>
{
    public FilterKind Kind => kind;

    public bool Any(T item, FilterTest test) => test.Holds(value(item));
}

/// <summary>A field of a part.</summary>
internal sealed class PartField<T, TPart>(Func<T, TPart> part, IFilterField<TPart> inner) : IFilterField<T>
{
    public FilterKind Kind => inner.Kind;

    public bool Any(T item, FilterTest test) => inner.Any(part(item), test);
}

/// <summary>The same field of several parts. Of no parts, no test holds, whether negated or not.</summary>
internal sealed class PartsField<T, TPart>(Func<T, IReadOnlyList<TPart>> parts, IFilterField<TPart> inner) : IFilterField<T>
{
    public FilterKind Kind => inner.Kind;

    public bool Any(T item, FilterTest test)
    {
        var all = parts(item);
        for (var i = 0; i < all.Count; i++)
        {
            if (inner.Any(all[i], test))
            {
                return true;
            }
        }

        return false;
    }
}
