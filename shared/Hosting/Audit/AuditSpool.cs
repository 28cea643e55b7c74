using System.Collections.Concurrent;
using Saas.Contracts;
using Saas.Hosting.Audit.Spool;

namespace Saas.Hosting.Audit;

/// <summary>
/// Keeps audit records on the local disk until they are in their tenants' logs, so that a request waits for no store:
/// not for one that is slow, and not for one that is gone for an hour. A record is kept for good when
/// <see cref="Append"/> returns: it is in the kernel then and outlives the process, however that dies; the disk is told
/// to keep it every second, so that losing power loses at most a second. Shipped in the background, each once, in order
/// for each tenant of a process; what a dead process left is shipped by the next that starts.
/// <para>
/// Naive is to write to the store before answering: the store's time is then in every request, and its outage is ours.
/// Keeping records in memory loses them with the process. Flushing the file for each costs what the store would.
/// </para>
/// </summary>
public sealed class AuditSpool : IDisposable
{
    /// <summary>Of one record, with its tenant.</summary>
    public const int MaxLineBytes = 256 * 1024;

    private readonly AuditSpoolOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<SpoolShipper, bool> _shippers = new();
    private SpoolSegment? _segment;
    private volatile bool _isDiskLow;
    private bool _isClosed;

    /// <exception cref="InvalidOperationException">Nothing can be written there.</exception>
    public AuditSpool(AuditSpoolOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        try
        {
            Folder = SpoolFolder.Create(options.Folder, Use, time);
            CheckDisk();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"{AuditSpoolOptions.FolderSetting}: no audit records can be kept in {options.Folder}: {e.Message}", e);
        }

        SpoolTelemetry.Opened(this);
    }

    public AuditSpoolState State
    {
        get
        {
            var shipping = _shippers.Keys.Aggregate(SpoolState.Idle, static (all, one) => all + one.State);
            var now = _time.GetUtcNow();
            return new AuditSpoolState(
                Use.Bytes, _options.MaxBytes, Since(shipping.OldestAt), shipping.FailingTenants, Since(shipping.FailingSince), _isDiskLow);

            TimeSpan Since(DateTimeOffset? at) => at < now ? now - at.Value : TimeSpan.Zero;
        }
    }

    internal SpoolFolder Folder { get; }

    internal SpoolUse Use { get; } = new();

    internal WakeSignal Wake { get; } = new();

    /// <summary>
    /// Keeps the record. Waits for no store; takes microseconds, and allocates nothing but what the event itself did.
    /// </summary>
    /// <exception cref="AuditSpoolFullException">It is not kept: what it tells of must not succeed.</exception>
    /// <exception cref="ArgumentException">Longer than <see cref="MaxLineBytes"/>.</exception>
    public void Append(TenantId tenant, AuditEvent happened)
    {
        var line = AuditLine.OfThread();
        line.Write(tenant.Value);
        line.Write(" "u8);
        line.Write(_time.GetUtcNow(), happened);
        if (line.Written.Length > MaxLineBytes)
        {
            throw new ArgumentException($"An audit record has at most {MaxLineBytes} bytes; this has {line.Written.Length}.", nameof(happened));
        }

        lock (_gate)
        {
            Keep(line.Written);
        }

        _options.At?.Invoke(SpoolStep.Appended);
        Wake.Set();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        SpoolTelemetry.Closed(this);
        if (Folder.DeleteIfEmpty() && _options.IsFolderOurs)
        {
            Directory.Delete(_options.Folder, recursive: true);
        }

        Folder.Dispose();
    }

    internal void Shipping(SpoolShipper shipper, bool isRunning)
    {
        if (isRunning)
        {
            _shippers[shipper] = true;
        }
        else
        {
            _shippers.TryRemove(shipper, out _);
        }
    }

    /// <summary>To be called every second.</summary>
    /// <exception cref="IOException">The disk cannot be asked, or does not keep what it was given.</exception>
    internal void Flush()
    {
        CheckDisk();
        foreach (var segment in Folder.Segments)
        {
            segment.Flush();
        }
    }

    /// <summary>Takes no more, if nothing came behind the offset.</summary>
    internal bool TryClose(long end)
    {
        lock (_gate)
        {
            _isClosed = _isClosed || Folder.End <= end;
            return _isClosed;
        }
    }

    private void CheckDisk() =>
        _isDiskLow = new DriveInfo(_options.Folder).AvailableFreeSpace < _options.MinFreeBytes;

    private void Keep(ReadOnlySpan<byte> line)
    {
        if (_isClosed)
        {
            throw new AuditSpoolFullException("The process ends; no more audit records are kept.");
        }

        if (_isDiskLow || Use.Bytes + line.Length > _options.MaxBytes)
        {
            throw new AuditSpoolFullException(_isDiskLow
                ? "The disk of the audit spool has too little room."
                : $"The audit spool is full: {Use.Bytes} of {_options.MaxBytes} bytes wait for the store.");
        }

        try
        {
            if (_segment is null || (_segment.Length > 0 && _segment.Length + line.Length > _options.SegmentBytes))
            {
                _segment = Folder.AddSegment();
            }

            Folder.Append(_segment, line);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AuditSpoolFullException("The audit spool cannot be written.", e);
        }
    }
}
