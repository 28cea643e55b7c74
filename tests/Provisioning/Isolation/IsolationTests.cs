using System.Text.Json;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Hosting.Routing;
using Saas.Identity.Access;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Isolation;

/// <summary>A tenant can neither see nor touch another's anything, on any route there is.</summary>
public sealed class IsolationTests
{
    [Fact]
    public async Task EveryRoute_WithAnotherTenantsKeyAndTheVictimsIds_ShowsAndChangesNothing()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var victim = await Estate.BuildAsync(host, "victim");
        var thief = await host.SignUpAsync("thief");
        var before = await victim.SnapshotAsync();

        // A stream never ends: EventStreamTests have its isolation.
        foreach (var route in host.Routes.Routes.Where(route => route.Pattern.StartsWith("/v1/", StringComparison.Ordinal) && !route.Access.IsPublic
            && route.Pattern != "/v1/event/stream"))
        {
            var path = victim.Fill(route.Pattern);
            foreach (var query in (string[])["", $"?namespace={victim.Customer.ProjectId}", "?namespace=*", "?purge=true"])
            {
                var answer = await thief.Client.SendAsync(route.Method, path + query, Body(route, victim));

                Assert.True(answer.Status < 500, $"{route} {query}: {answer}");
                foreach (var secret in victim.Marks)
                {
                    Assert.False(
                        answer.Status < 300 && answer.Text.Contains(secret, StringComparison.Ordinal), $"{route} {query} shows {secret}: {answer}");
                }
            }
        }

        Assert.Equal(before, await victim.SnapshotAsync());
    }

    [Fact]
    public async Task EveryRoute_WithoutOrWithABrokenCredential_Is401()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var victim = await Estate.BuildAsync(host, "victim");
        using var expired = await host.KeyAsync(
            victim.Customer, BuiltInPolicies.Owner, change: key => key with { ExpiresAt = host.Time.GetUtcNow().AddMinutes(-1) });
        using var revoked = await host.KeyAsync(
            victim.Customer, BuiltInPolicies.Owner, change: key => key with { RevokedAt = host.Time.GetUtcNow().AddMinutes(-1) });
        using var none = host.Client();
        using var junk = host.Client("saas_junk");
        var before = await victim.SnapshotAsync();

        foreach (var route in host.Routes.Routes.Where(route => route.Pattern.StartsWith("/v1/", StringComparison.Ordinal) && !route.Access.IsPublic))
        {
            foreach (var client in (HttpClient[])[none, junk, expired, revoked])
            {
                var answer = await client.SendAsync(route.Method, victim.Fill(route.Pattern), Body(route, victim));
                Assert.True(answer.Status == 401, $"{route}: {answer}");
                Assert.Equal("application/problem+json", answer.MediaType);
            }
        }

        Assert.Equal(before, await victim.SnapshotAsync());
    }

    [Fact]
    public async Task AgentsChannel_IsForAgents_AndTheirsOnly()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var victim = await Estate.BuildAsync(host, "victim");
        var thief = await host.SignUpAsync("thief");
        var foreign = await host.AgentAsync(thief);
        var before = await victim.SnapshotAsync();

        foreach (var route in host.Routes.Routes.Where(route => route.Access.Action?.StartsWith(Authorizer.AgentActions, StringComparison.Ordinal) is true))
        {
            (await victim.Customer.Client.SendAsync(route.Method, route.Pattern, Body(route, victim))).IsProblem(403, "forbidden");
        }

        Assert.Empty((await foreign.PollAsync(0, 0)).Allocations);
        Assert.Equal(0, (await foreign.ReportAsync(TestAgent.Report(victim.Allocation.Id, 99))).Json.GetProperty("accepted").GetInt32());
        Assert.Equal(0, (await foreign.ReportUsageAsync(victim.Sample)).Json.GetProperty("accepted").GetInt32());

        // An agent's token opens nothing but the channel.
        foreach (var path in (string[])["/v1/jobs", "/v1/nodes", $"/v1/allocation/{victim.Allocation.Id}", $"/v1/node/{foreign.NodeId}"])
        {
            var answer = await foreign.Client.SendAsync("GET", path);
            Assert.True(answer.Status is 403 or 404, $"{path}: {answer}");
        }

        (await foreign.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job())).IsProblem(403, "forbidden");
        Assert.Equal(before, await victim.SnapshotAsync());
    }

    private static string? Body(ApiRoute route, Estate victim) => (route.Method, route.Pattern) switch
    {
        ("GET" or "DELETE", _) => null,
        (_, AgentProtocol.NodePath) => TestAgent.Fingerprint(),
        (_, AgentProtocol.AllocationsPath) => JsonSerializer.Serialize(
            new AllocationReports([TestAgent.Report(victim.Allocation.Id, 99)]), AgentJson.Default.AllocationReports),
        (_, AgentProtocol.UsagePath) => JsonSerializer.Serialize(new UsageReport([victim.Sample]), AgentJson.Default.UsageReport),
        (_, var pattern) when pattern.EndsWith("/plan", StringComparison.Ordinal) => JobTexts.Job("secret-job", more: ",\"Region\":\"nowhere\""), // else it waits for a scheduler
        _ => JobTexts.Job("secret-job", count: 9),
    };

    /// <summary>A tenant with something of everything.</summary>
    private sealed record Estate(Customer Customer, TestAgent Agent, AssignedAllocation Allocation, string EvaluationId)
    {
        /// <summary>What no answer to anybody else may contain.</summary>
        public string[] Marks => [Customer.Tenant.Value, Customer.ProjectId, Agent.NodeId, Allocation.Id, EvaluationId, "top secret output"];

        public UsageSample Sample => new()
        {
            AllocationId = Allocation.Id,
            ProjectId = Customer.ProjectId,
            From = Allocation.CreatedAt,
            To = Allocation.CreatedAt.AddMilliseconds(1),
            VcpuMilliMilliseconds = 1,
            MemoryMibMilliseconds = 1,
        };

        public static async Task<Estate> BuildAsync(ProvisioningHost host, string name)
        {
            var customer = await host.SignUpAsync(name);
            var agent = await host.AgentAsync(customer);
            var registered = await customer.Client.SendAsync("PUT", "/v1/jobs", JobTexts.Job("secret-job"));
            var allocation = agent.Allocation("secret-job");
            await agent.AssignAsync(1, signal: true, allocation);
            await agent.ReportAsync(TestAgent.Report(allocation.Id, 1, output: "top secret output"));
            return new Estate(customer, agent, allocation, registered.Json.GetProperty("EvalID").GetString()!);
        }

        public string Fill(string pattern) => pattern
            .Replace("{jobId}", "secret-job", StringComparison.Ordinal)
            .Replace("{allocationId}", Allocation.Id, StringComparison.Ordinal)
            .Replace("{evaluationId}", EvaluationId, StringComparison.Ordinal)
            .Replace("{nodeId}", Agent.NodeId, StringComparison.Ordinal);

        /// <summary>All rows of the tenant in the tables of this app, with their ETags.</summary>
        public async Task<string> SnapshotAsync()
        {
            var rows = new List<string>();
            foreach (var table in (string[])[ClusterTables.Jobs, ClusterTables.Nodes, ClusterTables.Assignments, ClusterTables.Allocations, ClusterTables.Heartbeats, "identity"])
            {
                var page = await Customer.Host.Store.ScanAsync(table, 1000, null, default);
                rows.AddRange(page.Rows
                    .Where(row => row.Partition.StartsWith(Customer.Tenant.Value, StringComparison.Ordinal))
                    .Select(row => $"{table} {row.Partition} {row.Row} {row.ETag}"));
            }

            return string.Join('\n', rows);
        }
    }
}
