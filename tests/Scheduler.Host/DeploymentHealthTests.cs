using Saas.Cluster;
using Saas.Contracts.Jobs;
using Saas.Storage.Tables;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

/// <summary>Health belongs to an allocation and a deployment: what was found for one says nothing about the next.</summary>
public sealed class DeploymentHealthTests : CellScenario
{
    [Fact]
    public async Task Work_UnhealthyAllocationIsUpdatedInPlace_TheNewDeploymentSucceedsOnceItIsWell()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync(groups: Updated("v1"));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var (node, ill) = Assert.Single(await Platform.LiveAsync());
        await ReportAsync(cell, node, ill, ClientStatus.Running, healthy: false);
        Assert.Equal([DeploymentStatus.Failed], await StatusesAsync());

        await Platform.SubmitAsync(groups: Updated("v2"));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var (_, updated) = Assert.Single(await Platform.AssignedAsync());
        Assert.Equal((ill.Id, 1), (updated.Id, updated.JobVersion));
        Assert.NotEqual(ill.DeploymentId, updated.DeploymentId);
        Assert.Equal([DeploymentStatus.Failed, DeploymentStatus.Running], await StatusesAsync());

        // The agent has not heard of it yet and repeats itself; and another leader reads it all anew.
        await ReportAsync(cell, node, ill, ClientStatus.Running, healthy: false);
        cell = await OpenAsync();
        Assert.Equal([DeploymentStatus.Failed, DeploymentStatus.Running], await StatusesAsync());

        await ReportAsync(cell, node, updated, ClientStatus.Running, healthy: true);
        Assert.Equal([DeploymentStatus.Failed, DeploymentStatus.Successful], await StatusesAsync());
        Assert.True((await JobAsync()).Stable);
    }

    [Fact]
    public async Task Work_AllocationEndsBeforeItsAgentHeardOfTheUpdate_ItsRecordTellsOfTheUpdate()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync(groups: Updated("v1"));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var (node, before) = Assert.Single(await Platform.LiveAsync());
        await ReportAsync(cell, node, before, ClientStatus.Running, healthy: true);
        await Platform.SubmitAsync(groups: Updated("v2"));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var updated = Assert.Single(await Platform.LiveAsync()).Allocation;

        await ReportAsync(cell, node, before, ClientStatus.Failed);

        var record = (await Platform.RecordAsync(before.Id))!;
        Assert.Equal((1, updated.DeploymentId, null), (record.JobVersion, record.DeploymentId, record.Healthy));
        Assert.Equal([DeploymentStatus.Successful, DeploymentStatus.Failed], await StatusesAsync());
    }

    [Fact]
    public async Task Work_TheVersionGoneBackToFailsAsWell_IsNotSubmittedAgainAndAgain()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync(groups: Updated("v1", reverts: true));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        await ReportNewestAsync(healthy: true);
        await Platform.SubmitAsync(groups: Updated("v1", "other", reverts: true));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);

        await ReportNewestAsync(healthy: false);
        Assert.Equal(2, (await JobAsync()).Version);
        await ReportNewestAsync(healthy: false);

        Assert.Equal(2, (await JobAsync()).Version);
        Assert.Equal([DeploymentStatus.Successful, DeploymentStatus.Failed, DeploymentStatus.Failed], await StatusesAsync());

        async Task ReportNewestAsync(bool healthy)
        {
            var (node, newest) = Assert.Single(await Platform.LiveAsync());
            await ReportAsync(cell, node, newest, ClientStatus.Running, healthy);
        }
    }

    [Fact]
    public async Task Work_CanaryIsPromoted_LosesTheMarkAndKeepsDeploymentAndHealth()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync(groups: Updated("v1"));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var (node, old) = Assert.Single(await Platform.LiveAsync());
        await ReportAsync(cell, node, old, ClientStatus.Running, healthy: true);
        var next = Updated("v1", "other");
        await Platform.SubmitAsync(groups: next with { Update = next.Update! with { Canary = 1, AutoPromote = true } });
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var canary = Assert.Single(await Platform.LiveAsync(), static entry => entry.Allocation.Canary).Allocation;

        await ReportAsync(cell, node, canary, ClientStatus.Running, healthy: true);

        var promoted = Assert.Single(await Platform.LiveAsync()).Allocation;
        Assert.Equal((canary.Id, false, canary.DeploymentId), (promoted.Id, promoted.Canary, promoted.DeploymentId));
        Assert.Equal([DeploymentStatus.Successful, DeploymentStatus.Successful], await StatusesAsync());
    }

    [Fact]
    public async Task Work_CanaryFailed_IsOneToEveryLeader()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync(groups: Updated("v1"));
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var (node, old) = Assert.Single(await Platform.LiveAsync());
        await ReportAsync(cell, node, old, ClientStatus.Running, healthy: true);
        var next = Updated("v1", "other");
        await Platform.SubmitAsync(groups: next with { Update = next.Update! with { Canary = 1, ProgressDeadline = 600_000_000_000 } });
        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);
        var canary = Assert.Single(await Platform.LiveAsync(), static entry => entry.Allocation.Canary).Allocation;
        await ReportAsync(cell, node, canary, ClientStatus.Failed);

        // Its delay is not over, whoever looks.
        cell = await OpenAsync();
        Assert.Equal([old.Id], (await Platform.LiveAsync()).Select(static entry => entry.Allocation.Id));
        await BeatAndAdvanceAsync(cell, TimeSpan.FromSeconds(30), "node_a");
        var another = Assert.Single(await Platform.LiveAsync(), static entry => entry.Allocation.Canary).Allocation;
        Assert.Equal(canary.Id, another.PreviousAllocation);
    }

    /// <summary>Of which the tag can change in place. Its deployment fails with the first that is unhealthy.</summary>
    private static TaskGroup Updated(string tag, string command = "sleep", bool reverts = false) => Group(command: command) with
    {
        Services = [new JobService { Name = "web", PortLabel = "80", Tags = [tag] }],
        Update = new UpdateStrategy { MaxParallel = 1, ProgressDeadline = 0, AutoRevert = reverts },
    };

    /// <summary>By the job's version.</summary>
    private async Task<IReadOnlyList<string>> StatusesAsync()
    {
        var found = new List<DeploymentRecord>();
        await foreach (var row in Platform.Rows.JobsOf(ProjectId).ReadAllAsync(
            RowRange.Prefix(ClusterTables.DeploymentRowPrefix), ClusterJson.Default.DeploymentRecord, CancellationToken.None))
        {
            found.Add(row.Value);
        }

        return [.. found.OrderBy(static deployment => deployment.JobVersion).Select(static deployment => deployment.Status)];
    }

    private async Task<JobRecord> JobAsync() => (await Platform.Rows.JobsOf(ProjectId).GetAsync(
        ClusterTables.JobRow("web"), ClusterJson.Default.JobRecord, CancellationToken.None))!.Value;
}
