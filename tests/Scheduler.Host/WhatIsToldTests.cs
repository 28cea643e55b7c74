using Saas.Contracts.Jobs;
using static Saas.Scheduler.Host.Tests.TestPlatform;

namespace Saas.Scheduler.Host.Tests;

/// <summary>What agents and users read of a placement beside where it is.</summary>
public sealed class WhatIsToldTests : CellScenario
{
    [Fact]
    public async Task Work_APort_IsToldWithTheNodesAddressInItsNetwork()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        await Platform.SubmitAsync(groups: Group() with
        {
            Networks = [new NetworkResource { Mode = "host", ReservedPorts = [new Port { Label = "http", Value = 80 }] }],
        });

        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);

        var port = Assert.Single(Assert.Single(await Platform.LiveAsync()).Allocation.Ports!);
        Assert.Equal(("http", 80, "default", "192.0.2.7"), (port.Label, port.Value, port.HostNetwork, port.HostIp));
    }

    [Fact]
    public async Task Work_AnEvaluationThatBeginsADeployment_NamesIt()
    {
        await Platform.EnrolAsync("node_a");
        var cell = await OpenAsync();
        var evaluation = await Platform.SubmitAsync(groups: Group() with
        {
            Update = new UpdateStrategy { MaxParallel = 1, HealthCheck = HealthChecks.TaskStates, MinHealthyTime = 1, HealthyDeadline = 2, ProgressDeadline = 3 },
        });

        await cell.WorkAsync([Platform.JobNews()], CancellationToken.None);

        var deployment = Assert.Single(await Platform.LiveAsync()).Allocation.DeploymentId;
        Assert.NotNull(deployment);
        Assert.Equal(deployment, (await Platform.EvaluationAsync(evaluation)).DeploymentId);
    }
}
