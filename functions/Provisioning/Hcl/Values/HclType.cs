namespace Saas.Provisioning.Hcl.Values;

/// <summary>Types of values, compared by what they are made of.</summary>
internal abstract record HclType
{
    /// <summary>Of null, and of what may be anything.</summary>
    public static readonly HclType Any = new AnyType();

    public static readonly HclType Text = new PrimitiveType("string");
    public static readonly HclType Number = new PrimitiveType("number");
    public static readonly HclType Bool = new PrimitiveType("bool");

    public bool IsPrimitive => this is PrimitiveType;

    /// <summary>Lists, sets and tuples.</summary>
    public bool IsSequence => this is ListType or SetType or TupleType;

    /// <summary>Maps and objects.</summary>
    public bool IsMapping => this is MapType or ObjectType;

    /// <summary>As messages call it: <c>list of string</c>.</summary>
    public abstract string Name { get; }

    public static HclType ListOf(HclType element) => new ListType(element);

    public static HclType SetOf(HclType element) => new SetType(element);

    public static HclType MapOf(HclType element) => new MapType(element);

    public sealed override string ToString() => Name;
}

internal sealed record AnyType : HclType
{
    public override string Name => "dynamic";
}

internal sealed record PrimitiveType(string Keyword) : HclType
{
    public override string Name => Keyword;
}

internal sealed record ListType(HclType Element) : HclType
{
    public override string Name => $"list of {Element.Name}";
}

internal sealed record SetType(HclType Element) : HclType
{
    public override string Name => $"set of {Element.Name}";
}

internal sealed record MapType(HclType Element) : HclType
{
    public override string Name => $"map of {Element.Name}";
}

/// <summary>Of as many elements as there are types.</summary>
internal sealed record TupleType(IReadOnlyList<HclType> Elements) : HclType
{
    public override string Name => "tuple";

    public bool Equals(TupleType? other) =>
        ReferenceEquals(this, other) || (other is not null && Elements.Count == other.Elements.Count && Elements.SequenceEqual(other.Elements));

    public override int GetHashCode() => Elements.Count;
}

/// <param name="Attributes">By name.</param>
internal sealed record ObjectType(IReadOnlyDictionary<string, HclType> Attributes) : HclType
{
    public override string Name => "object";

    public bool Equals(ObjectType? other) =>
        ReferenceEquals(this, other)
        || (other is not null && Attributes.Count == other.Attributes.Count
            && Attributes.All(one => other.Attributes.TryGetValue(one.Key, out var type) && one.Value.Equals(type)));

    public override int GetHashCode() => Attributes.Count;
}
