using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Tests.Fakes;
using Saas.EdgeAgent.Usage;

namespace Saas.EdgeAgent.Tests.ControlPlane;

/// <summary>What goes wrong between an agent and its control plane, and that nothing is lost or doubled by it.</summary>
public sealed class ProtocolFaultTests : AgentScenario
{
    [Fact]
    public async Task EveryRequestFailsTwiceWith500AndTheWorkIsDoneAllTheSame()
    {
        var failures = new ConcurrentDictionary<string, int>();
        Plane.Fault = async http =>
        {
            var fails = failures.AddOrUpdate(http.Request.Path, 1, (_, count) => count + 1) <= 2;
            if (fails)
            {
                await FakeControlPlane.RefuseAsync(http, 500, "broken");
            }

            return fails;
        };
        var allocation = Assignments.Shell(RunsOn);
        Plane.Assign(allocation);
        Agent.Start();

        await StatusAsync(allocation, ClientStatus.Running);
        await UntilAsync(() => !Plane.Usage.IsEmpty, "usage");
    }

    [Fact]
    public async Task LostAnswersDoubleNothing()
    {
        var seen = new ConcurrentDictionary<string, int>();
        Plane.LoseAnswer = http => http.Request.Path != AgentProtocol.AssignmentPath
            && seen.AddOrUpdate(http.Request.Path, 1, (_, count) => count + 1) % 2 == 1;
        var allocation = Assignments.Shell(RunsOn);
        Plane.Assign(allocation);
        Agent.Start();
        await StatusAsync(allocation, ClientStatus.Running);
        await UntilAsync(() => Plane.Usage.Count >= 2, "usage");
        Plane.Assign(allocation.Stopped());
        await StatusAsync(allocation, ClientStatus.Complete);

        Assert.True(Plane.Enrolments >= 2, "The first enrolment's answer was lost.");
        var task = Report(allocation)!.Tasks["main"];
        var ran = UsageWindows.Truncate(task.FinishedAt!.Value) - UsageWindows.Truncate(task.StartedAt!.Value);
        await UntilAsync(
            () => Plane.Usage.Values.Sum(sample => sample.VcpuMilliMilliseconds) == (long)ran.TotalMilliseconds * 500, $"{ran} are metered");
        var revisions = Plane.AllReports.Select(report => report.Revision).ToList();
        Assert.Equal(revisions.Order(), revisions);
    }

    [Fact]
    public async Task ARevokedAccessTokenIsReplaced()
    {
        Agent.Start();
        await UntilAsync(() => Plane.Fingerprint is not null, "it is enrolled");
        Plane.RevokeAccessTokens();

        var allocation = Assignments.Shell(RunsOn);
        Plane.Assign(allocation);

        await StatusAsync(allocation, ClientStatus.Running);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    public async Task AClockThatIsOffIsMadeUpForByTheServers(int minutes)
    {
        Plane.ClockOffset = TimeSpan.FromMinutes(minutes);
        Agent.Start();

        await UntilAsync(() => Plane.Fingerprint is not null, "it is enrolled");

        Assert.Equal(2, Plane.Requests.Count(request => request.EndsWith(AgentProtocol.TokenPath, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task ARevokedNodeKeepsItsWorkloadsAndAsksSeldom()
    {
        var allocation = Assignments.Shell(RunsOn);
        Plane.Assign(allocation);
        Agent.Start();
        await StatusAsync(allocation, ClientStatus.Running);
        Plane.IsRevoked = true;
        Plane.RevokeAccessTokens();

        await UntilAsync(() => Agent.Log.Contains("was it revoked?", StringComparison.Ordinal), "the agent says so");
        var asked = TokenRequests();
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);

        Assert.Equal(asked, TokenRequests());
        Assert.Single(Instances(allocation));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task RetryAfterIsHonoured(int status)
    {
        var asked = new ConcurrentQueue<long>();
        Plane.Fault = async http =>
        {
            if (http.Request.Path != AgentProtocol.NodePath)
            {
                return false;
            }

            asked.Enqueue(Stopwatch.GetTimestamp());
            if (asked.Count > 1)
            {
                return false;
            }

            http.Response.Headers.RetryAfter = "2";
            await FakeControlPlane.RefuseAsync(http, status, "later");
            return true;
        };
        Agent.Start();

        await UntilAsync(() => asked.Count == 2, "it asks again");

        Assert.True(Stopwatch.GetElapsedTime(asked.First(), asked.Last()) >= TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task WhatIsRefusedWhileTheTenantIsSuspendedIsSentAfterwards()
    {
        var suspended = true;
        var refused = 0;
        Plane.Fault = async http =>
        {
            var refuses = Volatile.Read(ref suspended) && (http.Request.Path == AgentProtocol.AllocationsPath || http.Request.Path == AgentProtocol.UsagePath);
            if (refuses)
            {
                Interlocked.Increment(ref refused);
                await FakeControlPlane.RefuseAsync(http, 403, "The tenant is suspended");
            }

            return refuses;
        };
        var allocation = Assignments.Shell(RunsOn);
        Plane.Assign(allocation);
        Agent.Start();
        await UntilAsync(() => Volatile.Read(ref refused) >= 2, "it is refused");

        Volatile.Write(ref suspended, false);

        await StatusAsync(allocation, ClientStatus.Running);
        await UntilAsync(() => !Plane.Usage.IsEmpty, "usage");
    }

    [Fact]
    public async Task ASampleThatIsNotTakenDoesNotHoldUpTheOthers()
    {
        var bad = Assignments.Shell(RunsOn);
        var good = Assignments.Shell(RunsOn);
        Plane.Fault = async http =>
        {
            if (http.Request.Path != AgentProtocol.UsagePath)
            {
                return false;
            }

            http.Request.EnableBuffering();
            var body = await new StreamReader(http.Request.Body).ReadToEndAsync();
            http.Request.Body.Position = 0;
            var refuses = body.Contains(bad.Id, StringComparison.Ordinal);
            if (refuses)
            {
                await FakeControlPlane.RefuseAsync(http, 400, "The request is not valid");
            }

            return refuses;
        };
        Plane.Assign(bad, good);
        Agent.Start();

        await UntilAsync(() => Plane.Usage.Keys.Any(key => key.Allocation == good.Id), "usage of the good one");

        Assert.DoesNotContain(Plane.Usage.Keys, key => key.Allocation == bad.Id);
    }

    private int TokenRequests() => Plane.Requests.Count(request => request.EndsWith(AgentProtocol.TokenPath, StringComparison.Ordinal));
}
