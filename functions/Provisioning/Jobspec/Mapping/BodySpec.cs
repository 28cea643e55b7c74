using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Saas.Provisioning.Hcl.Syntax;

namespace Saas.Provisioning.Jobspec.Mapping;

/// <summary>
/// What a block may have, and what becomes of it in a job's JSON: a table that is read by <see cref="BodyDecoder"/>. To let the
/// files have more is to add a line to a table.
/// </summary>
internal sealed class BodySpec(params Entry[] entries)
{
    private readonly FrozenDictionary<string, Entry> _entries = entries.ToFrozenDictionary(entry => entry.Name, StringComparer.Ordinal);

    public IReadOnlyList<Entry> Entries => entries;

    /// <summary>What is done with the object when all is read; null: nothing.</summary>
    public Action<JsonObject>? Finish { get; init; }

    /// <summary>The type's <c>meta</c> or <c>env</c> may be written as attribute too, so that keys can have dots.</summary>
    public bool HasTextAttributes { get; init; }

    public Entry? Find(string name) => _entries.GetValueOrDefault(name);

    public BodySpec And(params Entry[] more) => new([.. entries, .. more]) { Finish = Finish, HasTextAttributes = HasTextAttributes };
}

/// <param name="Name">In the file.</param>
/// <param name="Member">In the JSON: Nomad's name of the field.</param>
internal abstract record Entry(string Name, string Member)
{
    /// <summary>Why our jobs cannot have it; null: they can.</summary>
    public string? Refusal { get; init; }

    public Entry Refused(string reason) => this with { Refusal = reason };
}

internal enum AttributeKind
{
    Text,
    Whole,
    Flag,

    /// <summary>A text like "30s", or nanoseconds; in JSON nanoseconds.</summary>
    Duration,
    TextList,
    WholeList,
    TextMap,
}

/// <param name="Least">Of a whole number.</param>
internal sealed record AttributeEntry(string Name, string Member, AttributeKind Kind) : Entry(Name, Member)
{
    public long Least { get; init; } = int.MinValue;

    public long Most { get; init; } = int.MaxValue;

    public bool IsRequired { get; init; }
}

internal enum BlockShape
{
    /// <summary>At most one: an object.</summary>
    One,

    /// <summary>Any number: a list of objects.</summary>
    Many,

    /// <summary>Any number, each with a label: an object of objects.</summary>
    ByLabel,

    /// <summary>At most one, of names and texts that the file chooses: an object of texts.</summary>
    Texts,

    /// <summary>As <see cref="Texts"/>, of lists of texts.</summary>
    TextLists,

    /// <summary>At most one, with whatever it has: an object of anything.</summary>
    Free,
}

/// <param name="Body">What is in it; null where the file chooses.</param>
internal sealed record BlockEntry(string Name, string Member, BlockShape Shape, BodySpec? Body) : Entry(Name, Member)
{
    /// <summary>The member that a block's one label becomes; null: it has none.</summary>
    public string? LabelMember { get; init; }

    /// <summary>What a table cannot say: looks at a block, its object and the one around it; may change the former or throw.</summary>
    public Action<HclBlock, JsonObject, JsonObject>? Inspect { get; init; }
}

/// <summary>Short forms for tables.</summary>
internal static class Spec
{
    public static AttributeEntry Text(string name, string member) => new(name, member, AttributeKind.Text);

    public static AttributeEntry Whole(string name, string member, long least = int.MinValue, long most = int.MaxValue) =>
        new(name, member, AttributeKind.Whole) { Least = least, Most = most };

    public static AttributeEntry Flag(string name, string member) => new(name, member, AttributeKind.Flag);

    public static AttributeEntry Duration(string name, string member) => new(name, member, AttributeKind.Duration);

    public static AttributeEntry TextList(string name, string member) => new(name, member, AttributeKind.TextList);

    public static AttributeEntry WholeList(string name, string member, long least, long most) =>
        new(name, member, AttributeKind.WholeList) { Least = least, Most = most };

    public static AttributeEntry TextMap(string name, string member) => new(name, member, AttributeKind.TextMap);

    public static AttributeEntry Required(AttributeEntry entry) => entry with { IsRequired = true };

    public static BlockEntry One(string name, string member, BodySpec body) => new(name, member, BlockShape.One, body);

    public static BlockEntry Many(string name, string member, BodySpec body, string? label = null) => new(name, member, BlockShape.Many, body) { LabelMember = label };

    public static BlockEntry ByLabel(string name, string member, BodySpec body, string label) => new(name, member, BlockShape.ByLabel, body) { LabelMember = label };

    public static BlockEntry Texts(string name, string member) => new(name, member, BlockShape.Texts, null);

    public static BlockEntry TextLists(string name, string member) => new(name, member, BlockShape.TextLists, null);

    public static BlockEntry Free(string name, string member) => new(name, member, BlockShape.Free, null);
}
