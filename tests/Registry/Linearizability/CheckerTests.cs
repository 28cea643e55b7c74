namespace Saas.Registry.Tests.Linearizability;

/// <summary>That the checker finds what is wrong, and nothing else.</summary>
public sealed class CheckerTests
{
    private const int S0 = 0;
    private const int S1 = 1;

    [Fact]
    public void Calls_one_after_the_other_are_in_order()
    {
        Assert.Null(Check(Put("a", 1, 2), Read("a", 3, 4), Cas("b", 1, true, 5, 6), Read("b", 7, 8), Delete(9, 10), Read(null, 11, 12)));
    }

    [Fact]
    public void Calls_at_once_may_be_seen_in_either_order()
    {
        Assert.Null(Check(Put("a", 1, 10), Put("b", 2, 9), Read("a", 3, 4), Read("b", 5, 6), Read("b", 11, 12)));
        Assert.Null(Check(Put("a", 1, 10), Put("b", 2, 9), Read("b", 3, 4), Read("a", 5, 6), Read("a", 11, 12)));
    }

    [Fact]
    public void A_read_of_what_was_written_over_before_is_found()
    {
        Assert.NotNull(Check(Put("a", 1, 2), Put("b", 3, 4), Read("a", 5, 6)));
        Assert.NotNull(Check(Put("a", 1, 2), Read(null, 3, 4)));
    }

    [Fact]
    public void Two_readers_who_disagree_on_the_order_are_found()
    {
        Assert.NotNull(Check(Put("a", 1, 10), Put("b", 1, 10), Read("a", 2, 3), Read("b", 4, 5), Read("a", 6, 7), Read("b", 8, 9)));
    }

    [Fact]
    public void What_nobody_heard_of_may_have_happened_at_any_time_or_never()
    {
        var lost = new Op(OpKind.Put) { Value = "b", Call = 3 };

        Assert.Null(Check(Put("a", 1, 2), lost, Read("a", 5, 6), Read("b", 7, 8)));
        Assert.Null(Check(Put("a", 1, 2), lost, Read("a", 5, 6)));
        Assert.NotNull(Check(Put("a", 1, 2), lost, Read("b", 5, 6), Read("a", 7, 8)));
        Assert.NotNull(Check(Read("b", 1, 2), lost));
    }

    [Fact]
    public void A_compare_and_set_granted_twice_is_found()
    {
        Assert.Null(Check(Put("a", 1, 2), Read("a", 3, 4), Cas("b", 1, true, 5, 8), Cas("c", 1, false, 6, 9)));
        Assert.NotNull(Check(Put("a", 1, 2), Read("a", 3, 4), Cas("b", 1, true, 5, 8), Cas("c", 1, true, 6, 9)));
        Assert.NotNull(Check(Put("a", 1, 2), Read("a", 3, 4), Cas("b", 1, false, 5, 8)));
    }

    [Fact]
    public void A_lock_granted_twice_is_found()
    {
        var (first, second) = (Lock(S0, "a", 1, 2), Lock(S1, "b", 3, 4));
        var release = new Op(OpKind.Release) { Session = S0, Value = "free", Outcome = Outcome.True, Call = 5, Return = 6 };

        Assert.NotNull(Check(first, second));
        Assert.NotNull(LockIntervals.Violation([first, second, release]));
        Assert.Null(Check(first, release, second with { Call = 7, Return = 8 }));
        Assert.Null(LockIntervals.Violation([first, release, second with { Call = 5, Return = 8 }]));
    }

    [Fact]
    public void A_session_that_ended_holds_nothing_and_takes_nothing()
    {
        var end = new Op(OpKind.Destroy) { Session = S0, Outcome = Outcome.True, Call = 3, Return = 4 };
        var seen = new Op(OpKind.Read) { Reads = [new Seen("a", S0)], Outcome = Outcome.True, Call = 5, Return = 6 };

        Assert.Null(Check(Lock(S0, "a", 1, 2), end, seen with { Reads = [new Seen("a", -1)] }));
        Assert.NotNull(Check(Lock(S0, "a", 1, 2), end, seen));
        Assert.NotNull(Check(end, Lock(S0, "a", 5, 6)));
        Assert.Null(Check(end, Lock(S0, "a", 5, 6) with { Outcome = Outcome.NoSession }));
        Assert.Null(Check(Lock(S0, "a", 1, 2), end with { Deletes = true }, seen with { Reads = [null] }));
    }

    [Fact]
    public void Half_a_transaction_is_found()
    {
        var both = new Op(OpKind.Txn)
        {
            Parts = [new Op(OpKind.Put, 0) { Value = "a", Outcome = Outcome.True }, new Op(OpKind.Put, 1) { Value = "b", Outcome = Outcome.True }],
            Outcome = Outcome.True,
            Call = 1,
            Return = 10,
        };
        var all = new Op(OpKind.ReadAll) { Outcome = Outcome.True, Call = 2, Return = 3 };

        Assert.Null(Check(both, all with { Reads = [null, null] }));
        Assert.Null(Check(both, all with { Reads = [new Seen("a", -1), new Seen("b", -1)] }));
        Assert.NotNull(Check(both, all with { Reads = [new Seen("a", -1), null] }));
    }

    private static string? Check(params Op[] ops) =>
        LinearizabilityChecker.Violation(new History(ops, new Dictionary<(int, Seen), ulong> { [(0, new Seen("a", -1))] = 1, [(0, new Seen("b", -1))] = 2 }));

    private static Op Put(string value, long call, long answer) =>
        new(OpKind.Put) { Value = value, Outcome = Outcome.True, Call = call, Return = answer };

    private static Op Cas(string value, ulong index, bool isDone, long call, long answer) =>
        new(OpKind.Cas) { Value = value, Index = index, Outcome = isDone ? Outcome.True : Outcome.False, Call = call, Return = answer };

    private static Op Lock(int session, string value, long call, long answer) =>
        new(OpKind.Acquire) { Session = session, Value = value, Outcome = Outcome.True, Call = call, Return = answer };

    private static Op Delete(long call, long answer) => new(OpKind.Delete) { Outcome = Outcome.True, Call = call, Return = answer };

    private static Op Read(string? value, long call, long answer) =>
        new(OpKind.Read) { Reads = [value is null ? null : new Seen(value, -1)], Outcome = Outcome.True, Call = call, Return = answer };
}
