using Saas.Cluster;
using Saas.Cluster.Jobs;
using Saas.Contracts.Jobs;
using Saas.Storage.Tables;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

/// <summary>A user asks for an allocation to be stopped: a mark in its record, and an evaluation of the job.</summary>
public sealed class MoveTests : CellScenario
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Work_AllocationAskedToMove_IsReplacedAndTheEvaluationAnswered(bool byMessage)
    {
        await Platform.EnrolAsync("node_a");
        await Platform.EnrolAsync("node_b");
        var cell = await OpenAsync();
        await Platform.SubmitAsync(groups: Group(count: 2));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var live = await Platform.LiveAsync();
        foreach (var (node, allocation) in live)
        {
            await ReportAsync(cell, node, allocation, ClientStatus.Running);
        }

        var asked = live[0].Allocation.Id;
        var evaluation = await AskAsync(asked);
        if (byMessage)
        {
            await cell.WorkAsync([Platform.AllocationNews(asked), Platform.JobNews()], CancellationToken.None);
        }
        else
        {
            await BeatAndAdvanceAsync(cell, TimeSpan.FromSeconds(31), "node_a", "node_b");
        }

        var after = await Platform.LiveAsync();
        Assert.Equal(2, after.Count);
        var replacement = Assert.Single(after, entry => entry.Allocation.PreviousAllocation == asked).Allocation;
        Assert.DoesNotContain(after, entry => entry.Allocation.Id == asked);
        Assert.Equal(EvaluationStatus.Complete, (await Platform.EvaluationAsync(evaluation)).Status);
        Assert.Equal(evaluation, replacement.EvaluationId);

        // Another leader, who reads the mark again, does nothing more.
        cell = await OpenAsync();
        await cell.WorkAsync([Platform.AllocationNews(asked)], CancellationToken.None);
        Assert.Equal(after.Select(static entry => entry.Allocation.Id), (await Platform.LiveAsync()).Select(static entry => entry.Allocation.Id));
    }

    private async Task<string> AskAsync(string id)
    {
        var row = (await Platform.Rows.AllocationsOf().GetAsync(id, ClusterJson.Default.AllocationRecord, CancellationToken.None))!;
        var marked = row.Value with { MoveAskedAt = Platform.Time.GetUtcNow() };
        await Platform.Rows.AllocationsOf().WriteAsync(
            TableWrite.Replace(id, TablePartition.Bytes(marked, ClusterJson.Default.AllocationRecord), row.ETag), CancellationToken.None);
        var committed = await new JobLedger(Platform.Time).EvaluateAsync(
            Platform.Rows, ProjectId, "web",
            static (_, _) => ValueTask.FromResult<PlannedEvaluation?>(new(EvaluationTriggers.AllocationStop)), CancellationToken.None);
        return committed!.Evaluation!.Id;
    }
}
