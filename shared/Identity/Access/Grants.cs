namespace Saas.Identity.Access;

/// <summary>
/// Whether one set of policies gives no more than another: what keeps a key from making a stronger key. Sound, not
/// complete: a grant covered only by two statements together is refused.
/// </summary>
public static class Grants
{
    /// <summary>The first allow of <paramref name="granted"/> that <paramref name="held"/> does not have; null if none.</summary>
    public static PolicyStatement? FirstBeyond(IReadOnlyList<AccessPolicy> held, IReadOnlyList<AccessPolicy> granted)
    {
        var heldAllows = Statements(held, PolicyEffect.Allow);
        var heldDenies = Statements(held, PolicyEffect.Deny);
        var grantedDenies = Statements(granted, PolicyEffect.Deny);
        return Statements(granted, PolicyEffect.Allow).FirstOrDefault(allow =>
            !IsAllowed(allow, heldAllows) || IsDenied(allow, heldDenies, grantedDenies));
    }

    private static bool IsAllowed(PolicyStatement wanted, List<PolicyStatement> allows) =>
        wanted.Actions.All(action => wanted.Resources.All(resource => allows.Any(allow =>
            allow.Actions.Any(a => Glob.Covers(a, action)) && allow.Resources.Any(r => Glob.Covers(r, resource)))));

    /// <summary>A deny the holder is under must be in the grant too, or not touch it.</summary>
    private static bool IsDenied(PolicyStatement wanted, List<PolicyStatement> heldDenies, List<PolicyStatement> grantedDenies) =>
        heldDenies.Any(deny =>
            deny.Actions.Any(d => wanted.Actions.Any(a => Glob.Overlap(d, a)))
            && deny.Resources.Any(d => wanted.Resources.Any(r => Glob.Overlap(d, r)))
            && !IsAllowed(deny, grantedDenies));

    private static List<PolicyStatement> Statements(IReadOnlyList<AccessPolicy> policies, PolicyEffect effect) =>
        policies.SelectMany(p => p.Statements).Where(s => s.Effect == effect).ToList();
}
