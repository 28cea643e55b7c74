using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Allocations;

/// <summary>The agent's drivers by name, and what can be asked of all of them.</summary>
internal sealed partial class DriverSet(IEnumerable<IWorkloadDriver> drivers, ILogger log) : IDisposable
{
    private readonly ConcurrentDictionary<string, bool> _silent = new(StringComparer.Ordinal); // said once, not every time
    private readonly Dictionary<string, IWorkloadDriver> _byName = drivers.ToDictionary(driver => driver.Name);

    public IEnumerable<IWorkloadDriver> All => _byName.Values;

    public IWorkloadDriver? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Absent where there is no such driver: nothing can have been started by it.</summary>
    public async Task<ObservedWorkload> InspectAsync(WorkloadId id, string driver, CancellationToken ct) => new(
        id, driver, Find(driver) is { } known ? await known.InspectAsync(id, ct) : new WorkloadStatus(WorkloadState.Absent));

    /// <summary>Every workload that bears our stamp. A driver that does not answer is left out until the next time.</summary>
    public async Task<IReadOnlyList<(WorkloadId Id, string Driver)>> ListAsync(CancellationToken ct) =>
        [.. (await Task.WhenAll(All.Select(driver => ListAsync(driver, ct)))).SelectMany(found => found)];

    private async Task<IEnumerable<(WorkloadId Id, string Driver)>> ListAsync(IWorkloadDriver driver, CancellationToken ct)
    {
        try
        {
            var found = await driver.ListAsync(ct);
            _silent.TryRemove(driver.Name, out _);
            return found.Select(id => (id, driver.Name));
        }
        catch (DriverException e)
        {
            if (_silent.TryAdd(driver.Name, true))
            {
                LogNoList(log, driver.Name, e.Message);
            }

            return [];
        }
    }

    public void Dispose()
    {
        foreach (var driver in All.OfType<IDisposable>())
        {
            driver.Dispose();
        }
    }

    [LoggerMessage(201, LogLevel.Warning, "Driver {Driver} cannot list its workloads: {Reason}")]
    private static partial void LogNoList(ILogger log, string driver, string reason);
}
