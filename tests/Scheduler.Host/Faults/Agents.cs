using System.Collections.Concurrent;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;

namespace Saas.Scheduler.Host.Tests.Faults;

/// <summary>
/// The agents of all nodes: they do what their documents say, and report it. How a workload fares is its command:
/// <c>short</c> completes, <c>broken</c> fails and is found unhealthy, <c>flaky</c> fails the first time; others run.
/// </summary>
internal sealed class Agents(World world)
{
    private readonly ConcurrentDictionary<string, bool> _silent = [];
    private readonly ConcurrentBag<string> _nodes = [];

    public async Task EnrolAsync(string nodeId, int memoryMb = 8192)
    {
        _nodes.Add(nodeId);
        await world.Platform.EnrolAsync(nodeId, memoryMb);
        await world.SendAsync(world.Platform.NodeNews(nodeId));
    }

    /// <summary>The node is cut off: it goes on, and nobody hears of it.</summary>
    public void Silence(string nodeId) => _silent[nodeId] = true;

    public void Unsilence(string nodeId) => _silent.TryRemove(nodeId, out _);

    public bool IsSilent(string nodeId) => _silent.ContainsKey(nodeId);

    public async Task BeatAsync()
    {
        foreach (var node in _nodes.Where(node => !IsSilent(node)))
        {
            await world.Platform.BeatAsync(node);
        }
    }

    public async Task ActAsync()
    {
        foreach (var document in await world.Platform.DocumentsAsync())
        {
            if (!IsSilent(document.NodeId))
            {
                await ActAsync(document);
            }
        }
    }

    private async Task ActAsync(NodeAssignment document)
    {
        var known = new Dictionary<string, Saas.Cluster.AllocationRecord?>();
        foreach (var allocation in document.Allocations)
        {
            known[allocation.Id] = await world.Platform.RecordAsync(allocation.Id);
        }

        foreach (var allocation in document.Allocations)
        {
            var record = known[allocation.Id];
            var isHeldBack = (allocation.Follows ?? []).Any(id =>
                known.TryGetValue(id, out var followed) && (followed is null || !ClientStatus.IsTerminal(followed.ClientStatus)));
            if (record is not null && ClientStatus.IsTerminal(record.ClientStatus))
            {
                continue;
            }

            var (status, healthy) = allocation.DesiredStatus != DesiredStatus.Run ? (ClientStatus.Complete, record?.Healthy)
                : isHeldBack ? (ClientStatus.Pending, null)
                : Fare(allocation, record?.ClientStatus);
            if (record?.ClientStatus != status || record.Healthy != healthy || record.DeploymentId != allocation.DeploymentId)
            {
                await world.Platform.ReportAsync(document.NodeId, allocation, status, healthy);
                await world.SendAsync(world.Platform.AllocationNews(allocation.Id));
            }
        }
    }

    private static (string Status, bool? Healthy) Fare(AssignedAllocation allocation, string? before) =>
        allocation.TaskGroup.Tasks![0].Env!["COMMAND"] switch
        {
            "broken" => (ClientStatus.Failed, false),
            "flaky" when allocation.PreviousAllocation is null => (ClientStatus.Failed, false),
            "short" when before == ClientStatus.Running => (ClientStatus.Complete, true),
            _ => (ClientStatus.Running, true),
        };
}
