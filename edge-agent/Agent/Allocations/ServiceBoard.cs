using Microsoft.Extensions.Logging;

namespace Saas.EdgeAgent.Allocations;

/// <summary>
/// Keeps what every allocation's last pass found running, and shows the services that follow from it: when that changes, and
/// all of it anew with every tick of the loop. What the assignment wants stopped is left out, whatever its passes find: a
/// driver that hangs must not keep in discovery what is to go. Nothing is shown before an assignment was seen: until then
/// nobody knows what should not be there.
/// </summary>
internal sealed partial class ServiceBoard(
    IAllocationServices services, CurrentAssignment assignment, AllocationStore store, TimeProvider time, ILogger log)
{
    /// <summary>So long a stop waits for the registry at most: one that is away must not keep alive what has to end.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _showing = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);

    /// <param name="running">Names of the tasks that run and are not about to be stopped.</param>
    public void Put(AllocationRecord record, IReadOnlySet<string> running)
    {
        lock (_showing)
        {
            var id = record.Assigned.Id;
            if (_entries.TryGetValue(id, out var known) && ReferenceEquals(known.Services.Assigned, record.Assigned) && known.Running.SetEquals(running))
            {
                return;
            }

            _entries[id] = new Entry(running, AllocationServices.Of(record.Assigned, running));
            ShowLocked();
        }
    }

    /// <summary>Nothing of the allocation is left, and the assignment does not name it.</summary>
    public void Forget(string id)
    {
        lock (_showing)
        {
            _entries.Remove(id);
        }
    }

    public void Show()
    {
        lock (_showing)
        {
            ShowLocked();
        }
    }

    /// <summary>
    /// Waits until the registry knows that what is offered only while <paramref name="ending"/> run is gone, so that no new
    /// caller is sent to a task that was told to stop.
    /// </summary>
    /// <param name="running">As they were <see cref="Put"/>.</param>
    public async Task WithdrawnAsync(AllocationRecord record, IReadOnlySet<string> running, IReadOnlySet<string> ending, CancellationToken ct)
    {
        var remaining = AllocationServices.Of(record.Assigned, running).Services.Select(service => service.Id);
        var before = AllocationServices.Of(record.Assigned, running.Union(ending).ToHashSet(StringComparer.Ordinal)).Services.Select(service => service.Id);
        var withdrawn = before.Except(remaining, StringComparer.Ordinal).ToList();
        if (withdrawn.Count == 0)
        {
            return;
        }

        try
        {
            await services.WithdrawnAsync(withdrawn, ct).WaitAsync(Patience, time, ct);
        }
        catch (TimeoutException)
        {
            LogNotWithdrawn(log, record.Assigned.Id, string.Join(' ', withdrawn), Patience.TotalSeconds);
        }
    }

    private void ShowLocked()
    {
        if (!assignment.IsKnown)
        {
            return;
        }

        var undecided = assignment.Ids.Concat(store.All.Select(slot => slot.Record.Assigned.Id))
            .Where(id => !_entries.ContainsKey(id) && IsWanted(id)).ToHashSet(StringComparer.Ordinal);
        services.Show(new ServicePicture(
            [.. _entries.Values.Select(entry => entry.Services).Where(shown => shown.Services.Count > 0 && IsWanted(shown.Assigned.Id))], undecided));
    }

    private bool IsWanted(string id) => assignment.Lookup(id).Wanted == Wanted.Run;

    private sealed record Entry(IReadOnlySet<string> Running, AllocationServices Services);

    [LoggerMessage(226, LogLevel.Warning, "{Allocation}: the registry has not said in {Seconds:0} s that {Services} left the catalog; the stop goes on")]
    private static partial void LogNotWithdrawn(ILogger log, string allocation, string services, double seconds);
}
