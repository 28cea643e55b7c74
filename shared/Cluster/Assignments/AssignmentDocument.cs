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
            return AssignmentParser.Index(new Utf8JsonReader(json.Span));
        }
        catch (Exception error) when (IsOfReader(error))
        {
            throw new InvalidDataException($"Not an assignment document: {error.Message}", error);
        }
    }

    /// <summary>What the reader of tokens says of malformed text, of a value of another kind and of a number out of range.</summary>
    private static bool IsOfReader(Exception error) => error is JsonException or InvalidOperationException or FormatException;
}
