namespace Saas.Hosting.Audit;

/// <summary>How full a spool is and how its shipping goes.</summary>
/// <param name="Bytes">On the disk.</param>
/// <param name="OldestAge">Of the oldest record that is not in its log; zero if all are.</param>
/// <param name="FailingTenants">Whose log did not take the last write.</param>
/// <param name="FailingFor">How long the one that fails longest has failed.</param>
/// <param name="IsDiskLow">Less is free on the disk than must be: nothing is taken.</param>
public sealed record AuditSpoolState(
    long Bytes, long MaxBytes, TimeSpan OldestAge, int FailingTenants, TimeSpan FailingFor, bool IsDiskLow)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>An operator must look: records wait too long, or there will soon be no room for them.</summary>
    public bool IsDegraded => FailingFor > Patience || Bytes > MaxBytes / 2 || IsDiskLow;
}
