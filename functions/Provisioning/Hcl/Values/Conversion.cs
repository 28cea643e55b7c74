namespace Saas.Provisioning.Hcl.Values;

/// <summary>Values to other types, by the rules of HCL's type system: only where nothing is lost, or by what a text says.</summary>
internal static class Conversion
{
    /// <param name="type"><see cref="HclType.Any"/>, also within a collection: whatever type suits all elements.</param>
    /// <exception cref="HclValueException">There is no such conversion, or this value cannot be had in that type.</exception>
    public static HclValue To(HclValue value, HclType type) => value.IsNull
        ? new HclNull(type is AnyType ? value.Type : type)
        : type switch
        {
            AnyType => value,
            PrimitiveType => ToPrimitive(value, type),
            ListType list => ToList(value, list),
            SetType set => ToSet(value, set),
            MapType map => ToMap(value, map),
            TupleType tuple => ToTuple(value, tuple),
            ObjectType entries => ToObject(value, entries),
            _ => throw new InvalidOperationException($"Unknown type {type}."),
        };

    /// <exception cref="HclValueException">As of <see cref="To"/>; or it is null.</exception>
    public static string ToText(HclValue value) => value is HclString text
        ? text.Text
        : value.IsNull ? throw Required(HclType.Text) : ((HclString)ToPrimitive(value, HclType.Text)).Text;

    private static HclValue ToPrimitive(HclValue value, HclType type)
    {
        if (value.Type.Equals(type))
        {
            return value;
        }

        if (type.Equals(HclType.Text))
        {
            return value switch
            {
                HclNumber number => new HclString(number.ToString()),
                HclBool flag => new HclString(flag.Value ? "true" : "false"),
                _ => throw Required(type),
            };
        }

        if (type.Equals(HclType.Number))
        {
            return (value is HclString text ? HclNumber.Parse(text.Text) : null) ?? throw Required(type);
        }

        return value switch
        {
            HclString { Text: "true" or "1" } => HclBool.True,
            HclString { Text: "false" or "0" } => HclBool.False,
            HclString { Text: "True" or "TRUE" } => throw new HclValueException("a bool is required; to convert from string, use lowercase \"true\""),
            HclString { Text: "False" or "FALSE" } => throw new HclValueException("a bool is required; to convert from string, use lowercase \"false\""),
            _ => throw Required(type),
        };
    }

    private static HclSequence ToList(HclValue value, ListType type)
    {
        if (value.Type.Equals(type))
        {
            return (HclSequence)value;
        }

        var (element, elements) = ElementsOf(value, type, type.Element);
        return HclSequence.List(element, elements);
    }

    private static HclSequence ToSet(HclValue value, SetType type)
    {
        if (value.Type.Equals(type))
        {
            return (HclSequence)value;
        }

        var (element, elements) = ElementsOf(value, type, type.Element);
        return HclSequence.Set(element, elements);
    }

    private static (HclType Type, List<HclValue> Elements) ElementsOf(HclValue value, HclType type, HclType element)
    {
        var elements = (value as HclSequence)?.Elements ?? throw Required(type);
        var target = element is AnyType
            ? Unification.Of([.. elements.Select(e => e.Type)]) ?? throw new HclValueException("all elements must have the same type")
            : element;
        return (target, [.. elements.Select((e, i) => At(e, target, $"element {i}"))]);
    }

    private static HclMapping ToMap(HclValue value, MapType type)
    {
        if (value.Type.Equals(type))
        {
            return (HclMapping)value;
        }

        var mapping = value as HclMapping ?? throw Required(type);
        var target = type.Element is AnyType
            ? Unification.Of([.. mapping.Keys.Select(key => mapping[key].Type)]) ?? throw new HclValueException("all elements of a map must have the same type")
            : type.Element;
        return HclMapping.Map(target, mapping.Keys.ToDictionary(key => key, key => At(mapping[key], target, $"element \"{key}\""), StringComparer.Ordinal));
    }

    private static HclSequence ToTuple(HclValue value, TupleType type)
    {
        var elements = (value as HclSequence)?.Elements ?? throw Required(type);
        return elements.Count == type.Elements.Count
            ? HclSequence.Tuple([.. elements.Select((e, i) => At(e, type.Elements[i], $"element {i}"))])
            : throw new HclValueException($"tuple of {type.Elements.Count} elements is required, but {elements.Count} are given");
    }

    /// <summary>Attributes that the type has not are left out.</summary>
    private static HclMapping ToObject(HclValue value, ObjectType type)
    {
        var mapping = value as HclMapping ?? throw Required(type);
        var missing = type.Attributes.Keys.Where(name => mapping.Find(name) is null).Order(StringComparer.Ordinal).ToList();
        return missing.Count == 0
            ? HclMapping.Object(type.Attributes.ToDictionary(
                attribute => attribute.Key, attribute => At(mapping[attribute.Key], attribute.Value, $"attribute \"{attribute.Key}\""), StringComparer.Ordinal))
            : throw new HclValueException(
                $"attribute{(missing.Count == 1 ? "" : "s")} {string.Join(", ", missing.Select(name => $"\"{name}\""))} {(missing.Count == 1 ? "is" : "are")} required");
    }

    private static HclValue At(HclValue value, HclType type, string place)
    {
        try
        {
            return To(value, type);
        }
        catch (HclValueException error)
        {
            throw new HclValueException($"{place}: {error.Message}");
        }
    }

    private static HclValueException Required(HclType type) => new(type.Equals(HclType.Bool) || type.Equals(HclType.Number) ? $"a {type} is required" : $"{type} required");
}
