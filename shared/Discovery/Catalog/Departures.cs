using System.Collections.Immutable;

namespace Saas.Discovery.Catalog;

/// <summary>
/// The services and nodes that went, newest last, as far as they are remembered: who asks for changes since an index
/// before <see cref="Floor"/> must be given everything.
/// </summary>
public sealed record Departures
{
    public const int Remembered = 4096;

    public static readonly Departures None = new();

    public ImmutableQueue<Departure> Queue { get; private init; } = [];
    public int Count { get; private init; }

    /// <summary>What went at or before it is forgotten.</summary>
    public ulong Floor { get; private init; }

    /// <summary>When a service last went; 0: never.</summary>
    public ulong LastService { get; private init; }

    /// <summary>When a node last went; 0: never.</summary>
    public ulong LastNode { get; private init; }

    internal Departures With(Departure departure)
    {
        var queue = Queue.Enqueue(departure);
        var (count, floor) = (Count + 1, Floor);
        if (count > Remembered)
        {
            queue = queue.Dequeue(out var oldest);
            (count, floor) = (count - 1, oldest.Index);
        }

        return new Departures
        {
            Queue = queue,
            Count = count,
            Floor = floor,
            LastService = departure.IsNode ? LastService : departure.Index,
            LastNode = departure.IsNode ? departure.Index : LastNode,
        };
    }

    /// <summary>After a restart from a snapshot nothing is remembered but that something went.</summary>
    internal static Departures Forgotten(ulong floor, ulong lastService, ulong lastNode) =>
        new() { Floor = floor, LastService = lastService, LastNode = lastNode };
}

/// <param name="Name">Of the service or node.</param>
public readonly record struct Departure(string Name, bool IsNode, ulong Index);
