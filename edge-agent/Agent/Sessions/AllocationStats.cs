using System.Collections.Concurrent;
using Saas.Contracts.Agents;
using Saas.EdgeAgent.Allocations;
using Saas.EdgeAgent.Drivers;
using Saas.EdgeAgent.Node;

namespace Saas.EdgeAgent.Sessions;

/// <summary>What an allocation's tasks use now. Of the processor that is a difference: from when it was last asked, if that is not long ago.</summary>
internal sealed class AllocationStats(AllocationStore store, DriverSet drivers, TimeProvider time) : ISessionOperation
{
    private const int MaxSamples = 1024;
    private static readonly TimeSpan ShortestSpan = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestSpan = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<WorkloadId, (long At, TimeSpan Cpu)> _samples = new();
    private readonly double _mhz = HostFacts.CoreMhz();

    public string Kind => SessionKinds.AllocationStats;

    public async Task RunAsync(OpenSession session, SessionLine line, CancellationToken ct)
    {
        var record = store.Require(session.Request.AllocationId).Record;
        var wanted = record.Tasks.Where(task => task.Phase == TaskPhase.Running && (session.Request.Task is not { Length: > 0 } name || task.Name == name));
        var used = new Dictionary<string, TaskUsageBody>(StringComparer.Ordinal);
        foreach (var task in wanted)
        {
            if (drivers.Find(task.Driver) is { } driver && await UsageAsync(driver, new WorkloadId(record.Assigned.Id, task.Name, task.Run), ct) is { } usage)
            {
                used[task.Name] = usage;
            }
        }

        var sum = ResourceUsageBody.Of(
            used.Values.Sum(static task => task.ResourceUsage.MemoryStats.RSS),
            used.Values.Sum(static task => task.ResourceUsage.CpuStats.Percent),
            used.Values.Sum(static task => task.ResourceUsage.CpuStats.TotalTicks));
        var body = new AllocationUsageBody(sum, used, used.Values.Select(static task => task.Timestamp).DefaultIfEmpty().Max());
        await line.AnswerAsync(session, body, SessionJson.Default.AllocationUsageBody, ct);
    }

    private async Task<TaskUsageBody?> UsageAsync(IWorkloadDriver driver, WorkloadId id, CancellationToken ct)
    {
        if (!_samples.TryGetValue(id, out var before) || time.GetElapsedTime(before.At) is var age && (age < ShortestSpan || age > LongestSpan))
        {
            if (await driver.ReadStatsAsync(id, ct) is not { } first)
            {
                return null;
            }

            before = (time.GetTimestamp(), first.CpuTime);
            await Task.Delay(ShortestSpan, time, ct);
        }

        if (await driver.ReadStatsAsync(id, ct) is not { } now)
        {
            return null;
        }

        var at = time.GetTimestamp();
        if (_samples.Count >= MaxSamples)
        {
            _samples.Clear();
        }

        _samples[id] = (at, now.CpuTime);
        var percent = Math.Max(0, (now.CpuTime - before.Cpu) / time.GetElapsedTime(before.At, at) * 100);
        return new TaskUsageBody(
            ResourceUsageBody.Of(now.MemoryBytes, percent, percent / 100 * _mhz), NodeStats.Nanoseconds(time.GetUtcNow()), new Dictionary<string, ResourceUsageBody>());
    }
}
