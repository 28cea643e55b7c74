namespace Saas.Registry.Tests.Linearizability;

/// <summary>
/// That no lock was granted twice, checked apart from any model: from the answer to an acquire until somebody asks to
/// release it, to end its session or to delete the key, no other session's acquire may begin and be granted.
/// </summary>
internal static class LockIntervals
{
    /// <returns>Null: none was.</returns>
    public static string? Violation(IReadOnlyList<Op> ops)
    {
        foreach (var key in ops.Where(op => op.Kind == OpKind.Acquire).GroupBy(op => op.Key))
        {
            var granted = key.Where(op => op.Outcome == Outcome.True).ToList();
            foreach (var first in granted)
            {
                var end = ops.Where(op => Ends(op, first)).Select(op => op.Call).DefaultIfEmpty(long.MaxValue).Min();
                if (granted.Find(op => op.Session != first.Session && op.Call > first.Return && op.Return < end) is { } second)
                {
                    return $"{second} was granted while {first} held it";
                }
            }
        }

        return null;
    }

    /// <summary>May have ended the hold: whatever came of it, at any time after the grant was asked for.</summary>
    private static bool Ends(Op op, Op grant) => op.Return > grant.Call && op.Kind switch
    {
        OpKind.Release => op.Key == grant.Key && op.Session == grant.Session,
        OpKind.Destroy => op.Session == grant.Session,
        OpKind.Delete or OpKind.DeleteCas => op.Key == grant.Key,
        _ => false,
    };
}
