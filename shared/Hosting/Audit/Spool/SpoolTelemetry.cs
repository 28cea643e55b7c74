using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Saas.Hosting.Telemetry;

namespace Saas.Hosting.Audit.Spool;

/// <summary>Metrics of all spools in the process.</summary>
internal static class SpoolTelemetry
{
    private static readonly ConcurrentDictionary<AuditSpool, bool> Spools = new();

    private static readonly Counter<long> ShippedRecords = HostingTelemetry.Meter.CreateCounter<long>(
        "saas.audit.spool.shipped", "{record}", "Audit records brought from a spool to their log.");

    private static readonly Counter<long> Failures = HostingTelemetry.Meter.CreateCounter<long>(
        "saas.audit.spool.failures", "{write}", "Writes of audit records that failed; they are tried again.");

    private static readonly ObservableGauge<long> Bytes = HostingTelemetry.Meter.CreateObservableGauge(
        "saas.audit.spool.bytes", static () => Spools.Keys.Sum(s => s.State.Bytes), "By", "Of spools on the disk.");

    private static readonly ObservableGauge<double> Oldest = HostingTelemetry.Meter.CreateObservableGauge(
        "saas.audit.spool.oldest", static () => Spools.Keys.Select(s => s.State.OldestAge.TotalSeconds).DefaultIfEmpty().Max(), "s", "Age of the oldest record that is not in its log.");

    public static void Opened(AuditSpool spool) => Spools[spool] = true;

    public static void Closed(AuditSpool spool) => Spools.TryRemove(spool, out _);

    public static void Shipped(int records) => ShippedRecords.Add(records);

    public static void Failed() => Failures.Add(1);
}
