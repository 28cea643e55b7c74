using System.Diagnostics;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Drivers.Exec;
using Saas.EdgeAgent.Tests.Fakes;
using Saas.EdgeAgent.Usage;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests;

/// <summary>The built agent against a control plane that speaks its protocol: what a machine's owner sees.</summary>
public sealed class AgentProcessTests : IAsyncLifetime
{
    private const string RunsOn = "echo ready; trap 'exit 0' TERM; while :; do sleep 30 & wait; done";

    private readonly TempDirectory _folder = new();
    private FakeControlPlane _plane = null!;
    private AgentProcess _agent = null!;

    public async ValueTask InitializeAsync()
    {
        _plane = await FakeControlPlane.StartAsync();
        _agent = new AgentProcess(_plane, _folder.File("data"));
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _plane.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task AnAssignedProcessRunsIsReportedMeteredAndStopped()
    {
        _agent.Start();
        var allocation = Assignments.Shell(RunsOn);
        _plane.Assign(allocation);

        await StatusAsync(allocation.Id, ClientStatus.Running);
        await UntilAsync(() => _plane.Reports[allocation.Id].Tasks["main"].OutputTail == "ready\n", "the output's end");
        await UntilAsync(() => _plane.Usage.Count >= 2, "usage");
        Assert.Equal(["Received", "Started"], _plane.Reports[allocation.Id].Tasks["main"].Events.Select(e => e.Type));

        _plane.Assign(allocation.Stopped());
        await StatusAsync(allocation.Id, ClientStatus.Complete);
        var task = _plane.Reports[allocation.Id].Tasks["main"];
        Assert.Equal(["Received", "Started", "Killing", "Terminated", "Killed"], task.Events.Select(e => e.Type));
        Assert.Equal((0, false), (task.ExitCode, task.Failed));
        await UntilAsync(
            () => Metered(allocation.Id) == (long)(Truncate(task.FinishedAt!.Value) - Truncate(task.StartedAt!.Value)).TotalMilliseconds * 500,
            "usage from start to end");

        _plane.Assign();
        await UntilAsync(() => !File.Exists(_folder.File($"data/allocations/{allocation.Id}.json")), "the allocation is forgotten");
    }

    [Fact]
    public async Task AnIdleAgentIsSmallAndListensOnNothing()
    {
        _agent.Start();
        await UntilAsync(() => _plane.Fingerprint is not null && _plane.Requests.Count > 6, "the agent idles");

        Assert.Empty(Sockets.ListeningOf(_agent.Id));
        var resident = StatusKiB(_agent.Id, "VmRSS");
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"VmRSS {resident} KiB, of it files {StatusKiB(_agent.Id, "RssFile")}, anonymous {StatusKiB(_agent.Id, "RssAnon")}");
        Assert.InRange(resident, 1, 80 * 1024);
    }

    [Fact]
    public async Task TheDataDirectoryIsTheOwnersAndOneAgentsAlone()
    {
        _agent.Start();
        await UntilAsync(() => _plane.Fingerprint is not null, "a fingerprint");

        Assert.Equal("700", Mode("data"));
        Assert.Equal("600", Mode("data/key.pem"));
        await using var second = new AgentProcess(_plane, _folder.File("data"));
        second.Start();
        Assert.Equal(4, await second.ExitAsync());
        Assert.Contains("Another agent", second.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutATokenOrWithABadOneItEndsAndSaysWhy()
    {
        _agent.Start(token: null);
        Assert.Equal(3, await _agent.ExitAsync());
        Assert.Contains("--token-file", _agent.Log, StringComparison.Ordinal);

        _agent.Start(token: "saasenr_other");
        Assert.Equal(3, await _agent.ExitAsync());
        Assert.Contains("The enrolment token is not valid", _agent.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("saasenr_other", _agent.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StoppedByItsOperatorItLeavesWorkloadsRunningAndFindsThemAgain()
    {
        _agent.Start();
        var allocation = Assignments.Shell(RunsOn);
        _plane.Assign(allocation);
        await StatusAsync(allocation.Id, ClientStatus.Running);
        var process = Assert.Single(Instances(allocation.Id));

        Assert.Equal(0, await _agent.TerminateAsync());
        Assert.Equal(process, Assert.Single(Instances(allocation.Id)));
        _agent.Start(token: null);
        await UntilAsync(() => _plane.AllReports.Count(report => report.ClientStatus == ClientStatus.Running) >= 2, "it is reported anew");

        Assert.Equal(process, Assert.Single(Instances(allocation.Id)));
    }

    [Fact]
    public async Task FromAssignmentToTheReportThatItRunsTakesNoTick()
    {
        const int Starts = 9;
        _agent.Start();
        await UntilAsync(() => _plane.Fingerprint is not null, "a fingerprint");
        var allocations = new List<AssignedAllocation>();
        var took = new List<double>();
        for (var start = 0; start < Starts; start++)
        {
            allocations.Add(Assignments.Shell(RunsOn));
            var watch = Stopwatch.StartNew();
            _plane.Assign([.. allocations]);
            await StatusAsync(allocations[^1].Id, ClientStatus.Running);
            took.Add(watch.Elapsed.TotalMilliseconds);
        }

        took.Sort();
        TestContext.Current.TestOutputHelper!.WriteLine($"median {took[Starts / 2]:0} ms, longest {took[^1]:0} ms");
        Assert.True(took[Starts / 2] < 1000, $"Median {took[Starts / 2]:0} ms: it waited for a tick");
    }

    private static string Truncated(string log) => log.Length > 4000 ? log[^4000..] : log;

    private static DateTimeOffset Truncate(DateTimeOffset instant) => UsageWindows.Truncate(instant);

    private static int StatusKiB(int process, string field) => int.Parse(File.ReadAllLines($"/proc/{process}/status")
        .First(line => line.StartsWith(field, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    private string Mode(string name) => Convert.ToString((int)File.GetUnixFileMode(_folder.File(name)), 8);

    private long Metered(string allocation) => _plane.Usage.Values.Where(sample => sample.AllocationId == allocation).Sum(sample => sample.VcpuMilliMilliseconds);

    private IReadOnlyList<int> Instances(string allocation) => AgentWorkloads.Instances(_plane.NodeId, allocation);

    private Task StatusAsync(string allocation, string status) =>
        UntilAsync(() => _plane.Reports.GetValueOrDefault(allocation)?.ClientStatus == status, $"{allocation} is {status}");

    private Task UntilAsync(Func<bool> holds, string what) => Poll.UntilAsync(holds, what, () => Truncated(_agent.Log), TimeSpan.FromSeconds(30));
}
