namespace Saas.Provisioning.Hcl.Values;

/// <summary>The one type that values of several types can all be had in.</summary>
internal static class Unification
{
    /// <returns>Null: there is none. Of no types it is <see cref="HclType.Any"/>.</returns>
    public static HclType? Of(IReadOnlyList<HclType> types)
    {
        // Null has no type of its own.
        var given = types.Where(type => type is not AnyType).ToList();
        if (given.Count == 0)
        {
            return HclType.Any;
        }

        if (given.All(type => type.Equals(given[0])))
        {
            return given[0];
        }

        if (given.All(type => type.IsPrimitive))
        {
            return given.Exists(type => type.Equals(HclType.Text)) ? HclType.Text : null;
        }

        return given.All(type => type.IsMapping) ? OfMappings(given) : given.All(type => type.IsSequence) ? OfSequences(given) : null;
    }

    private static HclType? OfMappings(List<HclType> types)
    {
        if (types.All(type => type is ObjectType) && HaveSameNames(types.ConvertAll(type => (ObjectType)type)))
        {
            var attributes = new Dictionary<string, HclType>(StringComparer.Ordinal);
            foreach (var name in ((ObjectType)types[0]).Attributes.Keys)
            {
                if (Of(types.ConvertAll(type => ((ObjectType)type).Attributes[name])) is not { } type)
                {
                    return null;
                }

                attributes[name] = type;
            }

            return new ObjectType(attributes);
        }

        return Of([.. types.SelectMany(type => type is MapType map ? [map.Element] : ((ObjectType)type).Attributes.Values)]) is { } element
            ? HclType.MapOf(element)
            : null;
    }

    private static bool HaveSameNames(List<ObjectType> types) =>
        types.TrueForAll(type => type.Attributes.Count == types[0].Attributes.Count && type.Attributes.Keys.All(types[0].Attributes.ContainsKey));

    private static HclType? OfSequences(List<HclType> types)
    {
        if (types.All(type => type is TupleType) && types.TrueForAll(type => ((TupleType)type).Elements.Count == ((TupleType)types[0]).Elements.Count))
        {
            var elements = new List<HclType>();
            for (var i = 0; i < ((TupleType)types[0]).Elements.Count; i++)
            {
                if (Of(types.ConvertAll(type => ((TupleType)type).Elements[i])) is not { } type)
                {
                    return null;
                }

                elements.Add(type);
            }

            return new TupleType(elements);
        }

        var element = Of([.. types.SelectMany(type => type switch
        {
            ListType list => [list.Element],
            SetType set => [set.Element],
            _ => ((TupleType)type).Elements,
        })]);
        return element is null ? null : types.All(type => type is SetType) ? HclType.SetOf(element) : HclType.ListOf(element);
    }
}
