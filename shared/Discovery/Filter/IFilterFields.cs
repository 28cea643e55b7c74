namespace Saas.Discovery.Filter;

/// <summary>
/// How a type shows itself to filter expressions, without reflection: the fields that selectors may name, and their
/// values. One per kind of thing that can be filtered.
/// </summary>
/// <typeparam name="T">What is filtered.</typeparam>
public interface IFilterFields<in T>
{
    /// <summary>
    /// The kind of value that the selector names (<c>Service</c> <c>Tags</c>; <c>Node</c> <c>Meta</c> <c>env</c>), whatever
    /// the thing; null: there is no such field.
    /// </summary>
    FilterKind? KindOf(ReadOnlySpan<string> selector);

    /// <summary>The value of a selector that has a kind. Absent map entries are <see cref="FilterValue.Absent"/>.</summary>
    FilterValue ValueOf(T item, ReadOnlySpan<string> selector);
}

public enum FilterKind
{
    Text,
    Number,
    Boolean,

    /// <summary>Of texts.</summary>
    List,

    /// <summary>Texts by text.</summary>
    Map,
}

/// <summary>A value of a field; which member holds it follows from the field's kind.</summary>
public readonly record struct FilterValue
{
    public static readonly FilterValue Absent = new() { IsAbsent = true };

    public bool IsAbsent { get; private init; }
    public string? Text { get; private init; }
    public long Number { get; private init; }
    public bool Boolean { get; private init; }
    public IReadOnlyList<string>? List { get; private init; }

    /// <summary>Null is an empty map.</summary>
    public IReadOnlyDictionary<string, string>? Map { get; private init; }

    public static FilterValue Of(string text) => new() { Text = text };

    public static FilterValue Of(long number) => new() { Number = number };

    public static FilterValue Of(bool boolean) => new() { Boolean = boolean };

    public static FilterValue Of(IReadOnlyList<string> list) => new() { List = list };

    public static FilterValue Of(IReadOnlyDictionary<string, string>? map) => new() { Map = map };
}
