using Saas.Contracts.Agents;
using Saas.Scheduler.Host.Cells;

namespace Saas.Scheduler.Host.Tests;

/// <summary>A platform whose cell is led by one reign after another, for tests that drive it round by round.</summary>
public abstract class CellScenario
{
    private long _epoch;

    private protected TestPlatform Platform { get; } = new();

    private protected long NextEpoch() => ++_epoch;

    private protected async Task<Cell> OpenAsync() => (await Platform.OpenAsync(NextEpoch()))!;

    private protected async Task ReportAsync(Cell cell, string node, AssignedAllocation allocation, string status, bool? healthy = null)
    {
        await Platform.ReportAsync(node, allocation, status, healthy);
        await cell.WorkAsync([Platform.AllocationNews(allocation.Id)], CancellationToken.None);
    }

    private protected async Task BeatAndAdvanceAsync(Cell cell, TimeSpan by, params string[] nodes)
    {
        for (var passed = TimeSpan.Zero; passed < by; passed += TimeSpan.FromSeconds(1))
        {
            Platform.Advance(TimeSpan.FromSeconds(1));
            foreach (var node in nodes)
            {
                await Platform.BeatAsync(node);
            }

            await cell.WorkAsync([], CancellationToken.None);
        }
    }
}
