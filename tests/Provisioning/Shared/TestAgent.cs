using System.Security.Cryptography;
using System.Text.Json;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Contracts.Jobs;
using Saas.Storage.Leases;
using Saas.Storage.Tables;

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
        var rows = customer.Scope.AssignmentsOf(node!.Value.Region);
        var document = new NodeAssignment { NodeId = NodeId, Index = index, Epoch = 1, Allocations = allocations };
        var fenced = new FencedPartition(rows, epoch: 1);
        Assert.True(await fenced.ClaimAsync(CancellationToken.None));
        var written = await fenced.WriteAsync(
            [TableWrite.Upsert(NodeId, TablePartition.Bytes(document, AgentJson.Default.NodeAssignment))], CancellationToken.None);
        Assert.Equal(FencedOutcome.Done, written.Outcome);
        if (signal)
        {
            customer.Host.Signal.Raise(ClusterTopics.Assignment(NodeId));
        }
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
