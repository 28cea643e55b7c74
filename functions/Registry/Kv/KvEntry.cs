namespace Saas.Registry.Kv;

/// <summary>A key with its value. Immutable: nobody writes to <see cref="Value"/>.</summary>
internal sealed record KvEntry : IIndexed
{
    public required string Key { get; init; }

    /// <summary>At most <see cref="KvLimits.MaxValueBytes"/>; null is empty.</summary>
    public byte[]? Value { get; init; }

    /// <summary>The client's own; means nothing to us.</summary>
    public ulong Flags { get; init; }

    /// <summary>Who holds its lock; null: nobody.</summary>
    public string? Session { get; init; }

    /// <summary>How often the lock was taken.</summary>
    public ulong LockIndex { get; init; }

    public ulong CreateIndex { get; init; }
    public ulong ModifyIndex { get; init; }

    /// <summary>What it counts as against the domain's quota.</summary>
    public long Bytes => Key.Length + (Value?.Length ?? 0);

    /// <summary>The same but for the indexes.</summary>
    public bool SaysTheSameAs(KvEntry other) =>
        Key == other.Key && Flags == other.Flags && Session == other.Session && LockIndex == other.LockIndex
        && Value.AsSpan().SequenceEqual(other.Value);
}

/// <summary>A key that was deleted, and when: what keeps the index of its readers from going back.</summary>
internal sealed record Grave(string Key, ulong ModifyIndex) : IIndexed;
