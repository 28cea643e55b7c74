namespace Saas.Registry.Tests.Linearizability;

internal enum OpKind
{
    /// <summary>Of one key of the group.</summary>
    Read,

    /// <summary>Of all keys of the group at once.</summary>
    ReadAll,
    Put,
    Cas,
    Acquire,
    Release,
    Delete,
    DeleteCas,

    /// <summary>Of a session: it concerns every group.</summary>
    Destroy,

    /// <summary>Sets and cas of several keys of the group, all or none.</summary>
    Txn,
}

internal enum Outcome
{
    /// <summary>The client did not hear whether it took place.</summary>
    Unknown,
    True,
    False,

    /// <summary>An acquire by a session that is not there.</summary>
    NoSession,
}

/// <summary>What a client saw of a key, or nothing of one that is not there.</summary>
/// <param name="Session">Its number; -1: nobody holds it.</param>
internal readonly record struct Seen(string Value, int Session)
{
    public override string ToString() => Session < 0 ? Value : $"{Value}@{Session}";
}

/// <summary>A call as its client lived it: between <see cref="Call"/> and <see cref="Return"/> it took place, or not.</summary>
internal sealed record Op(OpKind Kind, int Key = 0)
{
    public int Client { get; init; }

    /// <summary>Ticks of one clock for all clients.</summary>
    public long Call { get; init; }

    /// <summary><see cref="long.MaxValue"/>: it may take place at any time, or never.</summary>
    public long Return { get; init; } = long.MaxValue;

    public Outcome Outcome { get; init; }

    /// <summary>What a write writes; unique in the history.</summary>
    public string Value { get; init; } = "";

    /// <summary>What a cas expects; 0: that there is none.</summary>
    public ulong Index { get; init; }

    public int Session { get; init; } = -1;

    /// <summary>A destroy of a session whose keys are deleted with it.</summary>
    public bool Deletes { get; init; }

    /// <summary>What a read saw, by key of the group; null: not there.</summary>
    public IReadOnlyList<Seen?> Reads { get; init; } = [];

    /// <summary>The parts of a transaction; an outcome of False is a part that was named as a reason.</summary>
    public IReadOnlyList<Op> Parts { get; init; } = [];

    public bool IsUnknown => Outcome == Outcome.Unknown;

    public override string ToString() =>
        $"c{Client} {Kind} k{Key} {Value} i{Index} s{Session} [{string.Join(',', Reads)}] ({string.Join("; ", Parts)}) -> {Outcome} {Call}..{(Return == long.MaxValue ? "?" : Return)}";
}

/// <summary>All calls on one group of keys, and which index a value was seen with.</summary>
internal sealed class History(IReadOnlyList<Op> ops, IReadOnlyDictionary<(int Key, Seen Seen), ulong> indexes)
{
    public IReadOnlyList<Op> Ops => ops;

    /// <summary>Of what was never read there is none, and then no cas can have expected it.</summary>
    public ulong IndexOf(int key, Seen seen) => indexes.GetValueOrDefault((key, seen));
}
