using Saas.Discovery.Model;

namespace Saas.Discovery.Filter;

/// <summary>
/// How a type shows itself to filter expressions, without reflection: the fields that selectors may name, and their
/// values. One per kind of thing that can be filtered. <see cref="FilterFields{T}"/> is the usual one.
/// </summary>
/// <typeparam name="T">What is filtered.</typeparam>
public interface IFilterFields<in T>
{
    /// <summary>
    /// The kind of value that the selector names (<c>Service</c> <c>Tags</c>; <c>Node</c> <c>Meta</c> <c>env</c>), whatever
    /// the thing; null: there is no such field.
    /// </summary>
    FilterKind? KindOf(ReadOnlySpan<string> selector);

    /// <summary>
    /// The value of a selector that has a kind; the first one of a field of <see cref="FilterKind.Records"/>. Absent map
    /// entries are <see cref="FilterValue.Absent"/>.
    /// </summary>
    FilterValue ValueOf(T item, ReadOnlySpan<string> selector);

    /// <summary>The field of a selector, found once for all the items that an expression will see. Null as in <see cref="KindOf"/>.</summary>
    IFilterField<T>? Find(ReadOnlySpan<string> selector) =>
        KindOf(selector) is { } kind ? new SelectedField<T>(this, kind, selector.ToArray()) : null;
}

/// <summary>One field, as a selector names it.</summary>
public interface IFilterField<in T>
{
    FilterKind Kind { get; }

    /// <summary>Whether the test holds for the field's value; for one of its values, where it lies in a list of records.</summary>
    bool Any(T item, FilterTest test);
}

/// <summary>A question to a value, without state of its own: asked of many values, by many threads.</summary>
public abstract class FilterTest
{
    public abstract bool Holds(in FilterValue value);
}

public enum FilterKind
{
    Text,
    Number,
    Boolean,

    /// <summary>Of texts.</summary>
    List,

    /// <summary>Texts, or addresses, by text.</summary>
    Map,

    /// <summary>Has fields, and no value of its own: no operator fits.</summary>
    Record,

    /// <summary>Several of them: <c>is empty</c> fits; a selector of a field in them means the field of any of them.</summary>
    Records,
}

/// <summary>A value of a field; which member holds it follows from the field's kind.</summary>
public readonly record struct FilterValue
{
    public static readonly FilterValue Absent = new() { IsAbsent = true };

    public bool IsAbsent { get; private init; }
    public string? Text { get; private init; }

    /// <summary>Of <see cref="FilterKind.Records"/>: how many there are.</summary>
    public long Number { get; private init; }

    public bool Boolean { get; private init; }
    public IReadOnlyList<string>? List { get; private init; }

    /// <summary>Null is an empty map, unless there are <see cref="Addresses"/>.</summary>
    public IReadOnlyDictionary<string, string>? Map { get; private init; }

    /// <summary>A map of addresses by tag.</summary>
    public IReadOnlyDictionary<string, ServiceAddress>? Addresses { get; private init; }

    public static FilterValue Of(string text) => new() { Text = text };

    public static FilterValue Of(long number) => new() { Number = number };

    public static FilterValue Of(bool boolean) => new() { Boolean = boolean };

    public static FilterValue Of(IReadOnlyList<string> list) => new() { List = list };

    public static FilterValue Of(IReadOnlyDictionary<string, string>? map) => new() { Map = map };

    public static FilterValue Of(IReadOnlyDictionary<string, ServiceAddress>? addresses) => new() { Addresses = addresses };
}

/// <summary>A field of fields that only answer by selector.</summary>
internal sealed class SelectedField<T>(IFilterFields<T> fields, FilterKind kind, string[] selector) : IFilterField<T>
{
    public FilterKind Kind => kind;

    public bool Any(T item, FilterTest test) => test.Holds(fields.ValueOf(item, selector));
}
