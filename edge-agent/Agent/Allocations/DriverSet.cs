using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using Saas.EdgeAgent.Drivers;

namespace Saas.EdgeAgent.Allocations;

/// <summary>The agent's drivers by name, and what can be asked of all of them.</summary>
internal sealed partial class DriverSet(IEnumerable<IWorkloadDriver> drivers, ILogger log) : IDisposable
{
    private readonly HashSet<string> _silent = new(StringComparer.Ordinal); // said once, not every time
    private readonly FrozenDictionary<string, IWorkloadDriver> _byName = drivers.ToFrozenDictionary(driver => driver.Name);

    public IEnumerable<IWorkloadDriver> All => _byName.Values;

    public IWorkloadDriver? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Absent where there is no such driver: nothing can have been started by it.</summary>
    public async Task<ObservedWorkload> InspectAsync(WorkloadId id, string driver, CancellationToken ct) => new(
        id, driver, Find(driver) is { } known ? await known.InspectAsync(id, ct) : new WorkloadStatus(WorkloadState.Absent));

    /// <summary>Every workload that bears our stamp. A driver that does not answer is left out until the next time.</summary>
    public async Task<IReadOnlyList<(WorkloadId Id, string Driver)>> ListAsync(CancellationToken ct)
    {
        var found = new List<(WorkloadId Id, string Driver)>();
        foreach (var driver in All)
        {
            try
            {
                found.AddRange((await driver.ListAsync(ct)).Select(id => (id, driver.Name)));
                _silent.Remove(driver.Name);
            }
            catch (DriverException e)
            {
                if (_silent.Add(driver.Name))
                {
                    LogNoList(log, driver.Name, e.Message);
                }
            }
        }

        return found;
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
