namespace Saas.Hosting.Audit;

/// <summary>What is wrong with a log, and at which entry.</summary>
public sealed record AuditFault(long Sequence, string Message);

/// <summary>
/// Checks a log offline, from its records alone: each entry's hash, its place, and that it names the hash of the one
/// before. A changed entry breaks its own hash or the next one's link; a removed or swapped one the sequence and the
/// link. That entries were cut off at the end shows only against a head that was kept elsewhere.
/// </summary>
public sealed class AuditVerifier
{
    private AuditHead _end = AuditHead.Empty;

    /// <summary>The first fault; null as long as all is well.</summary>
    public AuditFault? Fault { get; private set; }

    /// <param name="kept">Where the log ended at some time, as kept elsewhere; null: not checked.</param>
    public static AuditFault? Verify(IEnumerable<AuditRecord> records, AuditHead? kept = null)
    {
        var verifier = new AuditVerifier();
        var found = kept is null || kept.Sequence == 0;
        foreach (var record in records)
        {
            verifier.Add(record);
            if (record.Entry.Sequence == kept?.Sequence)
            {
                found = true;
                if (verifier.Fault is null && record.Hash != kept.Hash)
                {
                    return new AuditFault(kept.Sequence, "The entry has not the hash that was kept.");
                }
            }
        }

        return verifier.Fault ?? (found ? null : new AuditFault(kept!.Sequence, "The log ends before the entry that was kept."));
    }

    /// <summary>The next record, in order.</summary>
    public void Add(AuditRecord record)
    {
        if (Fault is not null)
        {
            return;
        }

        var entry = record.Entry;
        Fault = entry switch
        {
            _ when entry.Sequence != _end.Sequence + 1 =>
                new AuditFault(_end.Sequence + 1, $"Expected entry {_end.Sequence + 1}; entry {entry.Sequence} came."),
            _ when entry.Previous != _end.Hash =>
                new AuditFault(entry.Sequence, "The entry does not follow the one before: one of the two was changed."),
            _ when AuditEntry.HashOf(entry.Canonical()) != record.Hash =>
                new AuditFault(entry.Sequence, "The entry is not what its hash was made of."),
            _ => null,
        };
        _end = new AuditHead(entry.Sequence, record.Hash);
    }
}
