using System.Diagnostics.CodeAnalysis;

namespace Saas.Cluster.Assignments;

/// <summary>
/// What documents of a cell say again and again: task groups and evaluations. Reading five thousand documents that each
/// name two hundred groups would make a million objects with their texts, of which a thousand differ. A text that was
/// met before is not even parsed. Not safe for concurrent use.
/// </summary>
public sealed class SharedParts
{
    private readonly Dictionary<byte[], AssignmentGroup>.AlternateLookup<ReadOnlySpan<byte>> _groups =
        new Dictionary<byte[], AssignmentGroup>(Utf8Comparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();

    private readonly Dictionary<byte[], string>.AlternateLookup<ReadOnlySpan<byte>> _texts =
        new Dictionary<byte[], string>(Utf8Comparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();

    internal bool TryGetGroup(ReadOnlySpan<byte> json, [NotNullWhen(true)] out AssignmentGroup? group) => _groups.TryGetValue(json, out group);

    internal void Keep(ReadOnlySpan<byte> json, AssignmentGroup group) => _groups[json] = group;

    internal bool TryGetText(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out string? text) => _texts.TryGetValue(utf8, out text);

    internal void Keep(ReadOnlySpan<byte> utf8, string text) => _texts[utf8] = text;

    private sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static Utf8Comparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
