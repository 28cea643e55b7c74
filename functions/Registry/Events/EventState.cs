using System.Collections.Immutable;

namespace Saas.Registry.Events;

/// <summary>The last events of a domain. Immutable.</summary>
internal sealed record EventState
{
    public const int MaxEvents = 256;

    public static readonly EventState Empty = new();

    /// <summary>The latest last.</summary>
    public ImmutableList<UserEvent> Recent { get; init; } = [];

    /// <summary>How many there ever were.</summary>
    public ulong Fired { get; init; }

    /// <summary>The last change.</summary>
    public ulong Index { get; init; }

    /// <summary>Of names that still have events: when one of them last made room for another.</summary>
    private ImmutableDictionary<string, ulong> Trimmed { get; init; } = ImmutableDictionary.Create<string, ulong>(StringComparer.Ordinal);

    /// <summary>When a name last lost its last event.</summary>
    private ulong LastGone { get; init; }

    /// <summary>When the answer to a question about events of the name last changed. Empty: of any.</summary>
    public ulong IndexOf(string name)
    {
        if (name.Length == 0)
        {
            return Index;
        }

        var last = Recent.FindLast(e => e.Name == name);
        return last is null ? LastGone : Math.Max(last.Index, Trimmed.GetValueOrDefault(name));
    }

    public EventState With(UserEvent fired, ulong index, ICollection<string> touched)
    {
        touched.Add(EventTopics.All);
        touched.Add(EventTopics.Of(fired.Name));
        var next = this with
        {
            Recent = Recent.Add(fired with { LTime = Fired + 1, Index = index }),
            Fired = Fired + 1,
            Index = index,
        };
        return next.Recent.Count > MaxEvents ? next.WithoutOldest(index, touched) : next;
    }

    private EventState WithoutOldest(ulong index, ICollection<string> touched)
    {
        var name = Recent[0].Name;
        touched.Add(EventTopics.Of(name));
        var left = Recent.RemoveAt(0);
        return left.Exists(e => e.Name == name)
            ? this with { Recent = left, Trimmed = Trimmed.SetItem(name, index) }
            : this with { Recent = left, Trimmed = Trimmed.Remove(name), LastGone = index };
    }

    public EventSnapshot ToSnapshot() => new()
    {
        Recent = Recent,
        Fired = Fired,
        Index = Index,
        Trimmed = Trimmed.ToDictionary(StringComparer.Ordinal),
        LastGone = LastGone,
    };

    public static EventState FromSnapshot(EventSnapshot snapshot) => new()
    {
        Recent = [.. snapshot.Recent ?? []],
        Fired = snapshot.Fired,
        Index = snapshot.Index,
        Trimmed = (snapshot.Trimmed ?? new Dictionary<string, ulong>()).ToImmutableDictionary(StringComparer.Ordinal),
        LastGone = snapshot.LastGone,
    };
}

internal sealed record EventSnapshot
{
    public IReadOnlyList<UserEvent>? Recent { get; init; }
    public ulong Fired { get; init; }
    public ulong Index { get; init; }
    public IReadOnlyDictionary<string, ulong>? Trimmed { get; init; }
    public ulong LastGone { get; init; }
}

internal static class EventTopics
{
    public const string All = "events";

    public static string Of(string name) => name.Length == 0 ? All : "event:" + name;
}
