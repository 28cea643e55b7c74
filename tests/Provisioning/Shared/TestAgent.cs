using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Storage.Leases;

namespace Saas.Provisioning.Tests.Shared;

/// <summary>An enrolled machine, and the scheduler's hand that places on it.</summary>
public sealed class TestAgent(Customer customer, EnrolResponse enrolled, ECDsa key, HttpClient client)
{
    public HttpClient Client => client;
    public ECDsa Key => key;
    public EnrolResponse Enrolled => enrolled;
    public string NodeId => enrolled.NodeId;

    public static string Enrolment(string token, ECDsa key, string name = "machine-1") => JsonSerializer.Serialize(
        new EnrolRequest(token, Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()), name, AgentProtocol.Version),
        AgentJson.Default.EnrolRequest);

    public static AssertionClaims Claims(EnrolResponse enrolled, TimeProvider time, TimeSpan clockIsOff = default)
    {
        var now = (time.GetUtcNow() + clockIsOff).ToUnixTimeSeconds();
        return new AssertionClaims(enrolled.NodeId, enrolled.TenantId, AgentAssertion.Audience, now, now + 60, Guid.NewGuid().ToString("n"));
    }

    public static string Assertion(ECDsa key, AssertionClaims claims) =>
        JsonSerializer.Serialize(new TokenRequest(AgentAssertion.Sign(key, claims)), AgentJson.Default.TokenRequest);

    public static string Fingerprint(int cores = 8, string name = "machine-1") => JsonSerializer.Serialize(
        new NodeFingerprint
        {
            ProtocolVersion = AgentProtocol.Version,
            AgentVersion = "1.0.0",
            Name = name,
            Resources = new NodeResources { Cores = cores, CpuMhz = cores * 2000, MemoryMB = 16_384, DiskMB = 100_000 },
            Attributes = new Dictionary<string, string> { ["kernel.name"] = "linux", ["cpu.arch"] = "amd64" },
            Drivers = new Dictionary<string, DriverFingerprint> { ["exec"] = new(true, "ok"), ["vm"] = new(false, "no libvirt") },
        },
        AgentJson.Default.NodeFingerprint);

    /// <summary>An allocation as the scheduler would commit it: 500 MHz and 256 MiB.</summary>
    public AssignedAllocation Allocation(string jobId = "web", string desired = DesiredStatus.Run, DateTimeOffset? createdAt = null) => new()
    {
        Id = EntityId.New("alloc", customer.Host.Time),
        ProjectId = customer.ProjectId,
        JobId = jobId,
        JobVersion = 0,
        JobType = JobTypes.Service,
        Group = "main",
        Index = 0,
        DesiredStatus = desired,
        EvaluationId = EntityId.New("eval", customer.Host.Time),
        CreatedAt = createdAt ?? customer.Host.Time.GetUtcNow(),
        TaskGroup = new TaskGroup
        {
            Name = "main",
            Count = 1,
            Tasks =
            [
                new JobTask { Name = "server", Driver = DriverNames.Exec, Resources = new Resources { CPU = 500, MemoryMB = 256 } },
            ],
        },
    };

    /// <summary>Commits the node's document, as the leader of the cell does.</summary>
    /// <param name="signal">False: as another process would.</param>
    public async Task AssignAsync(long index, bool signal, params AssignedAllocation[] allocations)
    {
        var node = await customer.Scope.NodesOf().GetAsync(NodeId, ClusterJson.Default.NodeRecord, CancellationToken.None);
        var fenced = new FencedCell(customer.Scope, node!.Value.Region, epoch: 1, customer.Host.Time);
        Assert.True(await fenced.ClaimAsync(CancellationToken.None));
        Assert.Equal(
            FencedOutcome.Done,
            await fenced.Definitions.EnsureAsync(allocations.Select(static allocation => Definition.Of(allocation.TaskGroup)), CancellationToken.None));
        var before = await customer.Scope.AssignmentsOfNode(node.Value.Region, NodeId).GetAsync(NodeId, CancellationToken.None);
        var written = await fenced.WriteAsync(
            [new DocumentWrite(NodeId, Document(index, allocations), before?.ETag)], CancellationToken.None);
        Assert.Equal(FencedOutcome.Done, written[0].Outcome);
        if (signal)
        {
            customer.Host.Signal.Raise(ClusterTopics.Assignment(NodeId));
        }
    }

    private ReadOnlyMemory<byte> Document(long index, AssignedAllocation[] allocations)
    {
        var text = new ArrayBufferWriter<byte>();
        using var writer = new AssignmentWriter();
        writer.Begin(text, NodeId, index, epoch: 1);
        foreach (var allocation in allocations)
        {
            writer.Add(new AssignmentEntry
            {
                Id = allocation.Id,
                Group = new AssignmentGroup(
                    allocation.ProjectId, allocation.JobId, allocation.JobVersion, allocation.JobType, allocation.Group,
                    Definition.Of(allocation.TaskGroup).Hash),
                Index = allocation.Index,
                EvaluationId = allocation.EvaluationId,
                CreatedAt = allocation.CreatedAt.ToUnixTimeMilliseconds(),
                DesiredStatus = allocation.DesiredStatus,
                Description = allocation.DesiredDescription,
                PreviousAllocation = allocation.PreviousAllocation,
                DeploymentId = allocation.DeploymentId,
                Canary = allocation.Canary,
                Ports = allocation.Ports?.Select(static port => new PortEntry(port.Label, port.Value, port.To, port.HostNetwork, port.HostIp)).ToArray(),
                Devices = allocation.Devices?.ToArray(),
                Score = allocation.Score,
            });
        }

        writer.End();
        return text.WrittenMemory;
    }

    public static AllocationReport Report(string id, long revision, string status = ClientStatus.Running, string? output = null) => new()
    {
        Id = id,
        ClientStatus = status,
        Revision = revision,
        Tasks = new Dictionary<string, TaskReport>
        {
            ["server"] = new()
            {
                State = status == ClientStatus.Running ? "running" : "dead",
                Failed = status == ClientStatus.Failed,
                Events = [new TaskEvent("Started", DateTimeOffset.UnixEpoch.AddDays(20_000), "Task started")],
                OutputTail = output,
            },
        },
    };

    public Task<Answer> ReportAsync(params AllocationReport[] reports) => client.SendAsync(
        "PUT", AgentProtocol.AllocationsPath, JsonSerializer.Serialize(new AllocationReports(reports), AgentJson.Default.AllocationReports));

    public Task<Answer> ReportUsageAsync(params UsageSample[] samples) => client.SendAsync(
        "POST", AgentProtocol.UsagePath, JsonSerializer.Serialize(new UsageReport(samples), AgentJson.Default.UsageReport));

    public Task<NodeAssignment> PollAsync(long index, int waitSeconds, CancellationToken ct = default) => client.CallAsync(
        "GET", $"{AgentProtocol.AssignmentPath}?index={index}&wait={waitSeconds}", null, AgentJson.Default.NodeAssignment, ct);
}
