namespace Saas.Provisioning.Jobs.Diffs;

/// <summary>Nomad's DiffType, as clients see it.</summary>
internal static class DiffTypes
{
    public const string None = "None";
    public const string Added = "Added";
    public const string Deleted = "Deleted";
    public const string Edited = "Edited";

    /// <summary>By whether there was something before, and is something now.</summary>
    public static string Of(bool was, bool isNow) => !was ? Added : !isNow ? Deleted : Edited;

    /// <summary>The order in which objects of one name are listed.</summary>
    public static int RankOf(string type) => type switch { Edited => 0, Added => 1, Deleted => 2, _ => 3 };
}

/// <summary>Nomad's JobDiff. Empty lists are null, as everywhere in it.</summary>
internal sealed record JobDiff
{
    public required string Type { get; init; }
    public required string ID { get; init; }
    public IReadOnlyList<FieldDiff>? Fields { get; init; }
    public IReadOnlyList<ObjectDiff>? Objects { get; init; }

    /// <summary>By name, those in which nothing changed as well.</summary>
    public IReadOnlyList<TaskGroupDiff>? TaskGroups { get; init; }
}

/// <summary>Nomad's TaskGroupDiff.</summary>
internal sealed record TaskGroupDiff
{
    public required string Type { get; init; }
    public required string Name { get; init; }
    public IReadOnlyList<FieldDiff>? Fields { get; init; }
    public IReadOnlyList<ObjectDiff>? Objects { get; init; }
    public IReadOnlyList<TaskDiff>? Tasks { get; init; }

    /// <summary>Of a plan: how many allocations there are of each kind of update.</summary>
    public IReadOnlyDictionary<string, long>? Updates { get; init; }
}

/// <summary>Nomad's TaskDiff.</summary>
internal sealed record TaskDiff
{
    public required string Type { get; init; }
    public required string Name { get; init; }
    public IReadOnlyList<FieldDiff>? Fields { get; init; }
    public IReadOnlyList<ObjectDiff>? Objects { get; init; }

    /// <summary>Of a plan: what the change means for what runs.</summary>
    public IReadOnlyList<string>? Annotations { get; init; }
}

/// <summary>Nomad's ObjectDiff.</summary>
internal sealed record ObjectDiff
{
    public required string Type { get; init; }
    public required string Name { get; init; }
    public IReadOnlyList<FieldDiff>? Fields { get; init; }
    public IReadOnlyList<ObjectDiff>? Objects { get; init; }
}

/// <summary>Nomad's FieldDiff. Values are text as Go prints them; empty: there is none.</summary>
internal sealed record FieldDiff(string Type, string Name, string Old, string New)
{
    public IReadOnlyList<string>? Annotations { get; init; }
}
