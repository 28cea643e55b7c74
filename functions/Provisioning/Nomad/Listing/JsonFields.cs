using System.Collections;
using System.Text.Json.Serialization.Metadata;
using Saas.Discovery.Filter;

namespace Saas.Provisioning.Nomad.Listing;

/// <summary>
/// The fields of a type for filter expressions: those its JSON has, by the names they have there. What is null has the zero
/// value of its kind, as in Go. Numbers with fractions, times and JSON of any form are no fields.
/// </summary>
internal sealed class JsonFields<T>(JsonTypeInfo<T> type) : IFilterFields<T>
    where T : class
{
    public IFilterField<T>? Find(ReadOnlySpan<string> selector) =>
        !selector.IsEmpty && JsonField.Find(type, selector) is { } field ? new Root(field) : null;

    public FilterKind? KindOf(ReadOnlySpan<string> selector) => Find(selector)?.Kind;

    public FilterValue ValueOf(T item, ReadOnlySpan<string> selector)
    {
        var first = new FirstValue();
        Find(selector)?.Any(item, first);
        return first.Value;
    }

    private sealed class Root(JsonField inner) : IFilterField<T>
    {
        public FilterKind Kind => inner.Kind;

        public bool Any(T item, FilterTest test) => inner.Any(item, test);
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

/// <summary>A field of a value whose type is known by its JSON contract.</summary>
internal sealed class JsonField(FilterKind kind, Func<object?, FilterTest, bool> any)
{
    public FilterKind Kind => kind;

    public bool Any(object? value, FilterTest test) => any(value, test);

    /// <summary>Null: the type has no such field.</summary>
    public static JsonField? Find(JsonTypeInfo type, ReadOnlySpan<string> selector) => type.Kind switch
    {
        JsonTypeInfoKind.Object => selector switch
        {
            [] => new JsonField(FilterKind.Record, static (_, test) => test.Holds(FilterValue.Absent)),
            [var name, .. var rest] => Property(type, name, rest),
        },
        JsonTypeInfoKind.Dictionary => Entries(type, selector),
        JsonTypeInfoKind.Enumerable => Items(type, selector),
        _ => selector.IsEmpty ? Leaf(Nullable.GetUnderlyingType(type.Type) ?? type.Type) : null,
    };

    private static JsonField? Property(JsonTypeInfo type, string name, ReadOnlySpan<string> rest)
    {
        var property = type.Properties.FirstOrDefault(property => property.Name == name);
        return property?.Get is { } get && Find(type.Options.GetTypeInfo(property.PropertyType), rest) is { } inner
            ? new JsonField(inner.Kind, (value, test) => inner.Any(value is null ? null : get(value), test))
            : null;
    }

    private static JsonField? Entries(JsonTypeInfo type, ReadOnlySpan<string> selector)
    {
        if (type.ElementType == typeof(string))
        {
            return selector switch
            {
                [] => new JsonField(FilterKind.Map, static (value, test) => test.Holds(FilterValue.Of((IReadOnlyDictionary<string, string>?)value))),
                [var key] => new JsonField(FilterKind.Text, (value, test) => test.Holds(
                    value is IReadOnlyDictionary<string, string> map && map.TryGetValue(key, out var text) ? FilterValue.Of(text) : FilterValue.Absent)),
                _ => null,
            };
        }

        if (selector.IsEmpty)
        {
            return new JsonField(FilterKind.Map, static (value, test) => test.Holds(FilterValue.Of(
                (value as IDictionary)?.Keys.OfType<string>().ToDictionary(static key => key, static _ => "", StringComparer.Ordinal))));
        }

        var name = selector[0];
        return Find(type.Options.GetTypeInfo(type.ElementType!), selector[1..]) is { } inner
            ? new JsonField(inner.Kind, (value, test) => value is IDictionary map && map.Contains(name)
                ? inner.Any(map[name], test)
                : test.Holds(FilterValue.Absent))
            : null;
    }

    private static JsonField? Items(JsonTypeInfo type, ReadOnlySpan<string> selector)
    {
        if (type.ElementType == typeof(string))
        {
            return selector.IsEmpty
                ? new JsonField(FilterKind.List, static (value, test) => test.Holds(FilterValue.Of((IReadOnlyList<string>?)value ?? [])))
                : null;
        }

        if (selector.IsEmpty)
        {
            return new JsonField(FilterKind.Records, static (value, test) => test.Holds(FilterValue.Of((value as IEnumerable)?.Cast<object?>().Count() ?? 0)));
        }

        return Find(type.Options.GetTypeInfo(type.ElementType!), selector) is { } inner
            ? new JsonField(inner.Kind, (value, test) => value is IEnumerable items && items.Cast<object?>().Any(item => inner.Any(item, test)))
            : null;
    }

    private static JsonField? Leaf(Type type) =>
        type == typeof(string) ? new JsonField(FilterKind.Text, static (value, test) => test.Holds(FilterValue.Of((string?)value ?? "")))
        : type == typeof(bool) ? new JsonField(FilterKind.Boolean, static (value, test) => test.Holds(FilterValue.Of(value is true)))
        : type == typeof(int) ? new JsonField(FilterKind.Number, static (value, test) => test.Holds(FilterValue.Of((int?)value ?? 0)))
        : type == typeof(long) ? new JsonField(FilterKind.Number, static (value, test) => test.Holds(FilterValue.Of((long?)value ?? 0)))
        : null;
}
