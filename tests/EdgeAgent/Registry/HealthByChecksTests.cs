using System.Net;
using System.Net.Sockets;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.EdgeAgent.Tests.Fakes;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests.Registry;

/// <summary>The agent with a local registry: its checks decide, at the port that the scheduler chose.</summary>
public sealed class HealthByChecksTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public async Task AnAllocationIsHealthyOnceItsChecksPassAndNotBefore()
    {
        using var folder = new TempDirectory();
        await using var plane = await FakeControlPlane.StartAsync();
        await using var agent = new AgentProcess(plane, folder.File("data"));
        await File.WriteAllTextAsync(folder.File("agent.json"), """{"registry":{"advertise":"127.0.0.1"}}""");
        var port = FreePort.Find();
        var (checkedOne, plain) = (Allocation("http", port), Allocation("", 0));
        plane.Assign(checkedOne, plain);

        agent.Start(FakeControlPlane.Token, "--config", folder.File("agent.json"));

        await Poll.UntilAsync(() => plane.Reports.GetValueOrDefault(plain.Id)?.Healthy == true, "what has no checks is healthy", () => agent.Log);
        Assert.Equal(ClientStatus.Running, plane.Reports[checkedOne.Id].ClientStatus);
        Assert.Null(plane.Reports[checkedOne.Id].Healthy);

        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        await Poll.UntilAsync(() => plane.Reports[checkedOne.Id].Healthy == true, "its check passes", () => agent.Log);
    }

    private static AssignedAllocation Allocation(string label, int port)
    {
        var check = new JobServiceCheck { Name = "up", Type = CheckTypes.Tcp, Interval = Second, Timeout = Second };
        var service = new JobService { Name = "web", PortLabel = label, Checks = label.Length > 0 ? [check] : null };
        var allocation = Assignments.Shell("trap 'exit 0' TERM; while :; do sleep 30 & wait; done");
        return allocation with
        {
            Ports = label.Length > 0 ? [new AssignedPort(label, port, 0, "default", "127.0.0.1")] : null,
            TaskGroup = allocation.TaskGroup with
            {
                Services = [service],
                Update = new UpdateStrategy { MinHealthyTime = 2 * Second, HealthyDeadline = 600 * Second },
            },
        };
    }
}
