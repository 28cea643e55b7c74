using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Saas.Hosting.Telemetry;

/// <summary>Our own traces and metrics, beside those ASP.NET Core makes. No payloads, no ids of tenants: see docs/operations.md.</summary>
public static class HostingTelemetry
{
    public const string Name = "Saas.Hosting";

    internal static readonly Meter Meter = new(Name);

    private static readonly Counter<long> Messages = Meter.CreateCounter<long>(
        "saas.queue.messages", "{message}", "Messages handled, by function and outcome.");

    private static readonly Counter<long> Ticks = Meter.CreateCounter<long>(
        "saas.timer.ticks", "{tick}", "Timer ticks, by function and outcome.");

    private static readonly Counter<long> Refusals = Meter.CreateCounter<long>(
        "saas.requests.refused", "{request}", "Requests refused before their handler, by problem.");

    private static readonly Counter<long> Replays = Meter.CreateCounter<long>(
        "saas.idempotency.replays", "{request}", "Requests answered from a stored response.");

    private static readonly Counter<long> AuditConflicts = Meter.CreateCounter<long>(
        "saas.audit.conflicts", "{write}", "Appends that another instance was faster with.");

    public static ActivitySource Source { get; } = new(Name);

    internal static void MessageHandled(string function, string outcome) =>
        Messages.Add(1, new("function", function), new("outcome", outcome));

    internal static void TimerTicked(string function, string outcome) =>
        Ticks.Add(1, new("function", function), new("outcome", outcome));

    internal static void Refused(string problem) => Refusals.Add(1, new KeyValuePair<string, object?>("problem", problem));

    internal static void Replayed() => Replays.Add(1);

    internal static void AuditConflict() => AuditConflicts.Add(1);
}
