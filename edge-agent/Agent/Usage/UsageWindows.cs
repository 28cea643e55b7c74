using Saas.Contracts.Agents;

namespace Saas.EdgeAgent.Usage;

/// <summary>From a stretch of running to samples. Pure.</summary>
internal static class UsageWindows
{
    /// <summary>Samples of [meter.To, to), cut at UTC hours; none if that is empty or negative (the clock was set back).</summary>
    public static IEnumerable<UsageSample> Cut(string allocationId, Meter meter, DateTimeOffset to)
    {
        for (var from = meter.To; from < to;)
        {
            var hourEnd = new DateTimeOffset(from.Year, from.Month, from.Day, from.Hour, 0, 0, TimeSpan.Zero).AddHours(1);
            var end = to < hourEnd ? to : hourEnd;
            var milliseconds = (long)(end - from).TotalMilliseconds;
            yield return new UsageSample
            {
                AllocationId = allocationId,
                ProjectId = meter.ProjectId,
                From = from,
                To = end,
                VcpuMilliMilliseconds = meter.VcpuMilli * milliseconds,
                MemoryMibMilliseconds = meter.MemoryMib * milliseconds,
            };
            from = end;
        }
    }

    /// <summary>Whole milliseconds: what is metered adds up to what ran.</summary>
    public static DateTimeOffset Truncate(DateTimeOffset instant) =>
        DateTimeOffset.FromUnixTimeMilliseconds(instant.ToUnixTimeMilliseconds());
}
