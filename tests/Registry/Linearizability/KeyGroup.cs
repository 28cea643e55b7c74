namespace Saas.Registry.Tests.Linearizability;

/// <summary>The state of a group of two keys, and which sessions are gone: what a history is checked against.</summary>
internal readonly record struct KeyGroup(Seen? A, Seen? B, ulong Gone)
{
    public static readonly KeyGroup Empty = new(null, null, 0);

    private Seen? this[int key] => key == 0 ? A : B;

    /// <summary>Whether the call can take place here with what its client heard, and what is then.</summary>
    public bool TryStep(Op op, History history, out KeyGroup next)
    {
        next = this;
        switch (op.Kind)
        {
            case OpKind.Read:
                return op.IsUnknown || op.Reads[0] == this[op.Key];
            case OpKind.ReadAll:
                return op.IsUnknown || (op.Reads[0] == A && op.Reads[1] == B);
            case OpKind.Destroy:
                next = WithoutSession(op);
                return true;
            case OpKind.Txn:
                return TryTransact(op, history, out next);
            default:
                var heard = Apply(op, history, out next);
                return op.IsUnknown || heard == op.Outcome;
        }
    }

    private Outcome Apply(Op op, History history, out KeyGroup next)
    {
        next = this;
        var present = this[op.Key];
        switch (op.Kind)
        {
            case OpKind.Put:
                next = With(op.Key, new Seen(op.Value, present?.Session ?? -1));
                return Outcome.True;
            case OpKind.Cas:
                if (!IsAt(op, history))
                {
                    return Outcome.False;
                }

                next = With(op.Key, new Seen(op.Value, present?.Session ?? -1));
                return Outcome.True;
            case OpKind.Acquire:
                if ((Gone & (1UL << op.Session)) != 0)
                {
                    return Outcome.NoSession;
                }

                if (present is { Session: >= 0 } held && held.Session != op.Session)
                {
                    return Outcome.False;
                }

                next = With(op.Key, new Seen(op.Value, op.Session));
                return Outcome.True;
            case OpKind.Release:
                if (present?.Session != op.Session)
                {
                    return Outcome.False;
                }

                next = With(op.Key, new Seen(op.Value, -1));
                return Outcome.True;
            case OpKind.Delete:
                next = With(op.Key, null);
                return Outcome.True;
            case OpKind.DeleteCas:
                if (present is not null && !IsAt(op, history))
                {
                    return Outcome.False;
                }

                next = With(op.Key, null);
                return Outcome.True;
            default:
                throw new InvalidOperationException($"{op.Kind} is no write of one key.");
        }
    }

    /// <summary>What was named as a reason failed where it stood, and what was not did not.</summary>
    private bool TryTransact(Op op, History history, out KeyGroup next)
    {
        var state = this;
        var anyFailed = false;
        foreach (var part in op.Parts)
        {
            var heard = state.Apply(part, history, out state);
            anyFailed |= heard != Outcome.True;
            if (!op.IsUnknown && heard != part.Outcome)
            {
                next = this;
                return false;
            }
        }

        next = anyFailed ? this : state;
        return op.IsUnknown || anyFailed == (op.Outcome == Outcome.False);
    }

    private bool IsAt(Op op, History history) =>
        this[op.Key] is { } present ? op.Index != 0 && history.IndexOf(op.Key, present) == op.Index : op.Index == 0;

    private KeyGroup With(int key, Seen? seen) => key == 0 ? this with { A = seen } : this with { B = seen };

    private KeyGroup WithoutSession(Op op)
    {
        return this with { A = Left(A), B = Left(B), Gone = Gone | (1UL << op.Session) };

        Seen? Left(Seen? seen) => seen?.Session != op.Session ? seen : op.Deletes ? null : new Seen(seen.Value.Value, -1);
    }
}
