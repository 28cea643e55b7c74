using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Saas.Provisioning.Jobs.Diffs;

/// <summary>What Nomad's diffs are made of. Objects in which something changed show all their fields, unchanged ones too.</summary>
internal static class Differences
{
    /// <summary>By name. Null: none.</summary>
    /// <param name="isContextual">Unchanged fields as well.</param>
    public static IReadOnlyList<FieldDiff>? OfFields(FlatFields? old, FlatFields? now, bool isContextual)
    {
        var diffs = new List<FieldDiff>();
        foreach (var name in (old ?? []).Keys.Union((now ?? []).Keys, StringComparer.Ordinal))
        {
            if (OfField(name, old?.GetValueOrDefault(name) ?? "", now?.GetValueOrDefault(name) ?? "", isContextual) is { } diff)
            {
                diffs.Add(diff);
            }
        }

        return Sorted(diffs);
    }

    /// <summary>Null: nothing changed.</summary>
    public static ObjectDiff? OfObject(string name, FlatFields? old, FlatFields? now)
    {
        var fields = OfFields(old, now, isContextual: true);
        var types = (fields ?? []).Select(static field => field.Type).ToHashSet(StringComparer.Ordinal);
        var (added, deleted) = (types.Contains(DiffTypes.Added), types.Contains(DiffTypes.Deleted));
        var type = types.Contains(DiffTypes.Edited) || (added && deleted) ? DiffTypes.Edited
            : added ? DiffTypes.Added
            : deleted ? DiffTypes.Deleted
            : null;
        return type is null ? null : new ObjectDiff { Type = type, Name = name, Fields = fields };
    }

    /// <summary>Things are the same by their key; one whose key says all of it is never edited.</summary>
    public static IReadOnlyList<ObjectDiff> OfSet<T>(
        IReadOnlyList<T>? old, IReadOnlyList<T>? now, Func<T, string> keyOf, Func<T?, T?, ObjectDiff?> compare)
        where T : class
    {
        var (before, after) = (ByKey(old, keyOf), ByKey(now, keyOf));
        var diffs = before.Select(pair => compare(pair.Value, after.GetValueOrDefault(pair.Key)))
            .Concat(after.Where(pair => !before.ContainsKey(pair.Key)).Select(pair => compare(null, pair.Value)));
        return InOrder(diffs.OfType<ObjectDiff>());
    }

    /// <summary>A set of texts. Null: both are empty, or nothing changed and unchanged ones are not shown.</summary>
    public static ObjectDiff? OfTexts(string name, IReadOnlyList<string>? old, IReadOnlyList<string>? now, bool showsUnchanged)
    {
        var (before, after) = ((old ?? []).ToHashSet(StringComparer.Ordinal), (now ?? []).ToHashSet(StringComparer.Ordinal));
        var fields = before.Select(text => OfField(name, text, after.Contains(text) ? text : "", isContextual: true)!)
            .Concat(after.Except(before).Select(text => OfField(name, "", text, isContextual: true)!)).ToList();
        var (added, removed) = (after.Except(before).Any(), before.Except(after).Any());
        var type = added && removed ? DiffTypes.Edited : added ? DiffTypes.Added : removed ? DiffTypes.Deleted : DiffTypes.None;
        return fields.Count == 0 || (type == DiffTypes.None && !showsUnchanged) ? null : new ObjectDiff { Type = type, Name = name, Fields = Sorted(fields) };
    }

    /// <summary>Whether they say the same; the order of a map's keys says nothing.</summary>
    public static bool AreSame<T>(T? old, T? now, JsonTypeInfo<T> type)
        where T : class
    {
        if (old is null || now is null)
        {
            return old is null == now is null;
        }

        return ReferenceEquals(old, now)
            || JsonElement.DeepEquals(JsonSerializer.SerializeToElement(old, type), JsonSerializer.SerializeToElement(now, type));
    }

    /// <summary>In Nomad's order: name, kind of change, size, fields.</summary>
    public static IReadOnlyList<ObjectDiff> InOrder(IEnumerable<ObjectDiff> diffs) => [.. diffs.Order(Comparer<ObjectDiff>.Create(Compare))];

    /// <summary>Null: there is none of either.</summary>
    public static IReadOnlyList<ObjectDiff>? Together(params IEnumerable<IEnumerable<ObjectDiff?>> parts)
    {
        ObjectDiff[] all = [.. parts.SelectMany(static part => part).OfType<ObjectDiff>()];
        return all.Length == 0 ? null : all;
    }

    private static FieldDiff? OfField(string name, string old, string now, bool isContextual) =>
        old == now ? isContextual ? new FieldDiff(DiffTypes.None, name, old, now) : null
        : old.Length == 0 ? new FieldDiff(DiffTypes.Added, name, "", now)
        : now.Length == 0 ? new FieldDiff(DiffTypes.Deleted, name, old, "")
        : new FieldDiff(DiffTypes.Edited, name, old, now);

    private static List<FieldDiff>? Sorted(List<FieldDiff> diffs)
    {
        diffs.Sort(Compare);
        return diffs.Count == 0 ? null : diffs;
    }

    private static Dictionary<string, T> ByKey<T>(IReadOnlyList<T>? things, Func<T, string> keyOf)
    {
        var byKey = new Dictionary<string, T>(StringComparer.Ordinal);
        foreach (var thing in things ?? [])
        {
            byKey[keyOf(thing)] = thing;
        }

        return byKey;
    }

    private static int Compare(ObjectDiff one, ObjectDiff other)
    {
        int[] steps =
        [
            string.CompareOrdinal(one.Name, other.Name),
            DiffTypes.RankOf(one.Type) - DiffTypes.RankOf(other.Type),
            (one.Fields?.Count ?? 0) - (other.Fields?.Count ?? 0),
            (one.Objects?.Count ?? 0) - (other.Objects?.Count ?? 0),
            .. (one.Fields ?? []).Zip(other.Fields ?? [], Compare),
            .. (one.Objects ?? []).Zip(other.Objects ?? [], Compare),
        ];
        return Array.Find(steps, static step => step != 0);
    }

    private static int Compare(FieldDiff one, FieldDiff other)
    {
        var name = string.CompareOrdinal(one.Name, other.Name);
        var old = name != 0 ? name : string.CompareOrdinal(one.Old, other.Old);
        return old != 0 ? old : string.CompareOrdinal(one.New, other.New);
    }
}
