namespace Saas.Hosting.Audit.Spool;

/// <summary>Where a process can die between two effects. Tests kill it at each; nothing may be lost or doubled.</summary>
internal enum SpoolStep
{
    /// <summary>The record is in the file; whoever appended it does not know yet.</summary>
    Appended,

    /// <summary>A bundle was put together and is not yet written.</summary>
    BeforeShip,

    /// <summary>The bundle is in the log; the spool does not know yet.</summary>
    Shipped,

    /// <summary>The segment is marked as shipped; progress rows of its tenants are still there.</summary>
    Marked,

    /// <summary>The progress rows are gone; the segment's file is still there.</summary>
    ProgressRemoved,

    SegmentDeleted,
}
