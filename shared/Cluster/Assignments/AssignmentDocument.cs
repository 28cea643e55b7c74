using System.Text.Json;

namespace Saas.Cluster.Assignments;

/// <summary>A node's document as stored: what it should run, its task groups by their hash only.</summary>
public sealed class AssignmentDocument
{
    public required string NodeId { get; init; }

    /// <summary>Rises with every commit to this node; 0: nothing was ever placed on it.</summary>
    public required long Index { get; init; }

    /// <summary>Of the leader that wrote it.</summary>
    public required long Epoch { get; init; }

    /// <summary>In the order they were written.</summary>
    public required IReadOnlyList<StoredAllocation> Allocations { get; init; }

    /// <summary>Of an amendment: the index of the whole document that it amends. Null: this is a whole one.</summary>
    public long? Amends { get; init; }

    /// <summary>Of an amendment: ids of allocations that are in the document it amends and not wanted any more.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];

    /// <summary>
    /// The document as it is with what changed since it was written. An amendment of another one says nothing: when a
    /// document is written whole again, its last amendment stays behind until the next.
    /// </summary>
    /// <param name="amendment">Of this node; null: there is none.</param>
    public AssignmentDocument Amended(AssignmentDocument? amendment)
    {
        if (amendment is null || amendment.Amends != Index)
        {
            return this;
        }

        var changed = new Dictionary<string, StoredAllocation?>(StringComparer.Ordinal);
        foreach (var id in amendment.Removed)
        {
            changed[id] = null;
        }

        foreach (var allocation in amendment.Allocations)
        {
            changed[allocation.Id] = allocation;
        }

        var allocations = new List<StoredAllocation>(Allocations.Count + amendment.Allocations.Count);
        foreach (var allocation in Allocations)
        {
            if (!changed.Remove(allocation.Id, out var after))
            {
                allocations.Add(allocation);
            }
            else if (after is not null)
            {
                allocations.Add(after);
            }
        }

        // What is left of them was not there before.
        allocations.AddRange(amendment.Allocations.Where(allocation => changed.ContainsKey(allocation.Id)));
        return new AssignmentDocument { NodeId = NodeId, Index = amendment.Index, Epoch = amendment.Epoch, Allocations = allocations };
    }

    /// <summary>What a node has that was never scheduled to.</summary>
    public static AssignmentDocument Empty(string nodeId) => new() { NodeId = nodeId, Index = 0, Epoch = 0, Allocations = [] };

    /// <summary>Members that this version does not know are left out: a newer one may have written it.</summary>
    /// <exception cref="InvalidDataException">Not a document: what was expected and where.</exception>
    public static AssignmentDocument Read(ReadOnlyMemory<byte> json) => Read(json, new SharedParts());

    /// <param name="shared">Of all documents that are read together: what they have in common is one object.</param>
    /// <exception cref="InvalidDataException">Not a document: what was expected and where.</exception>
    public static AssignmentDocument Read(ReadOnlyMemory<byte> json, SharedParts shared)
    {
        try
        {
            return AssignmentParser.Document(json.Span, shared);
        }
        catch (Exception error) when (IsOfReader(error))
        {
            throw new InvalidDataException($"Not an assignment document: {error.Message}", error);
        }
    }

    /// <summary>The index alone, without reading what comes behind it.</summary>
    /// <exception cref="InvalidDataException">Not a document.</exception>
    public static long ReadIndex(ReadOnlyMemory<byte> json)
    {
        try
        {
            return AssignmentParser.Number(new Utf8JsonReader(json.Span), AssignmentNames.Index);
        }
        catch (Exception error) when (IsOfReader(error))
        {
            throw new InvalidDataException($"Not an assignment document: {error.Message}", error);
        }
    }

    /// <summary>Of an amendment, the index of the document it amends and the one it makes of it, without the rest.</summary>
    /// <exception cref="InvalidDataException">Not an amendment.</exception>
    public static (long Amends, long Index) ReadAmends(ReadOnlyMemory<byte> json)
    {
        try
        {
            return (
                AssignmentParser.Number(new Utf8JsonReader(json.Span), AssignmentNames.Amends),
                AssignmentParser.Number(new Utf8JsonReader(json.Span), AssignmentNames.Index));
        }
        catch (Exception error) when (IsOfReader(error))
        {
            throw new InvalidDataException($"Not an amendment of an assignment document: {error.Message}", error);
        }
    }

    /// <summary>What the reader of tokens says of malformed text, of a value of another kind and of a number out of range.</summary>
    private static bool IsOfReader(Exception error) => error is JsonException or InvalidOperationException or FormatException;
}
