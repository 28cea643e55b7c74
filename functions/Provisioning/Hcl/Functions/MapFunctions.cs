using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Functions;

internal static class MapFunctions
{
    public static IReadOnlyList<Function> All { get; } =
    [
        Function.Of("keys", [Parameter.Any("inputMap")], call => HclSequence.List(
            HclType.Text, [.. Mapping(call[0]).Keys.Select(key => new HclString(key))])),
        Function.Of("lookup", [Parameter.Any("inputMap"), Parameter.Text("key"), Parameter.AnyOrNull("default")], Lookup) with { LooksAtOne = true },
        Function.Of("merge", [], Parameter.AnyOrNull("maps"), Merge),
        Function.Of("values", [Parameter.Any("mapping")], Values),
        Function.Of("zipmap", [Parameter.Texts("keys"), Parameter.Any("values")], ZipMap),
    ];

    private static HclMapping Mapping(HclValue value) => value as HclMapping ?? throw new HclValueException("argument must be a map or object");

    private static HclValue Lookup(FunctionCall call)
    {
        var mapping = Mapping(call[0]);
        var found = mapping.Find(call.Text(1)) ?? call[2];
        return mapping.Type is MapType map ? Conversion.To(found, map.Element) : found;
    }

    /// <summary>The last of a key counts. Maps of one type make a map, all else an object.</summary>
    private static HclMapping Merge(FunctionCall call)
    {
        var maps = call.Arguments.Where(argument => !argument.IsNull).Select(Mapping).ToList();
        var entries = new Dictionary<string, HclValue>(StringComparer.Ordinal);
        foreach (var map in maps)
        {
            foreach (var key in map.Keys)
            {
                entries[key] = map[key];
            }
        }

        return maps.Count > 0 && maps[0].Type is MapType type && maps.TrueForAll(map => map.Type.Equals(type))
            ? HclMapping.Map(type.Element, entries)
            : HclMapping.Object(entries);
    }

    private static HclSequence Values(FunctionCall call)
    {
        var mapping = Mapping(call[0]);
        var values = mapping.Keys.Select(key => mapping[key]).ToList();
        return mapping.Type is MapType map ? HclSequence.List(map.Element, values) : HclSequence.Tuple(values);
    }

    private static HclMapping ZipMap(FunctionCall call)
    {
        var (keys, values) = (call.Texts(0).ToList(), ListFunctions.Elements(call[1]));
        if (keys.Count != values.Count)
        {
            throw new HclValueException($"number of keys ({keys.Count}) does not match number of values ({values.Count})");
        }

        var entries = new Dictionary<string, HclValue>(StringComparer.Ordinal);
        for (var i = 0; i < keys.Count; i++)
        {
            entries[keys[i]] = values[i];
        }

        return call[1].Type is ListType list ? HclMapping.Map(list.Element, entries) : HclMapping.Object(entries);
    }
}
