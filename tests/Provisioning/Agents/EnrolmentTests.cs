using System.Security.Cryptography;
using Saas.Cluster;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Identity.Quotas;
using Saas.Identity.Rows;
using Saas.Provisioning.Tests.Shared;
using Saas.Storage.Tables;

namespace Saas.Provisioning.Tests.Agents;

public sealed class EnrolmentTests
{
    [Fact]
    public async Task Enrol_SameTokenAndKeyAgain_IsTheSameNode()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var token = await host.EnrolmentTokenAsync(acme);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var client = host.Client();

        var first = await client.CallAsync("POST", AgentProtocol.EnrolPath, TestAgent.Enrolment(token, key), AgentJson.Default.EnrolResponse);
        var again = await client.CallAsync("POST", AgentProtocol.EnrolPath, TestAgent.Enrolment(token, key), AgentJson.Default.EnrolResponse);

        Assert.Equal(first, again);
        Assert.Equal((acme.Tenant.Value, acme.SiteId), (first.TenantId, first.SiteId));
        var node = Assert.Single((await acme.Client.GetJsonAsync("/v1/nodes")).EnumerateArray());
        Assert.Equal(
            ("machine-1", "initializing", "plant", "eu"),
            (node.GetProperty("Name").GetString(), node.GetProperty("Status").GetString(), node.GetProperty("Datacenter").GetString(),
                node.GetProperty("Region").GetString()));
    }

    [Fact]
    public async Task Enrol_UsedExpiredUnknownOrForeign_IsAClearProblemAndLeavesNoTrace()
    {
        var time = new TestKit.FakeTimeProvider();
        await using var host = await ProvisioningHost.StartAsync(time);
        var acme = await host.SignUpAsync("acme");
        var used = await host.EnrolmentTokenAsync(acme);
        var expired = await host.EnrolmentTokenAsync(acme, TimeSpan.FromMinutes(5));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var wrongCurve = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var client = host.Client();
        await client.CallAsync("POST", AgentProtocol.EnrolPath, TestAgent.Enrolment(used, key), AgentJson.Default.EnrolResponse);
        var fresh = await host.EnrolmentTokenAsync(acme);
        time.Advance(TimeSpan.FromMinutes(6));
        var writes = host.Store.Writes;

        (await client.SendAsync("POST", AgentProtocol.EnrolPath, TestAgent.Enrolment(used, other))).IsProblem(409, "enrolment-token-used");
        (await client.SendAsync("POST", AgentProtocol.EnrolPath, TestAgent.Enrolment(expired, other))).IsProblem(401, "enrolment-token-expired");
        (await client.SendAsync("POST", AgentProtocol.EnrolPath, TestAgent.Enrolment("saasenr_nonsense", other))).IsProblem(401, "enrolment-token-unknown");
        (await client.SendAsync("POST", AgentProtocol.EnrolPath, TestAgent.Enrolment(fresh[..^1] + (fresh[^1] == '0' ? '1' : '0'), other)))
            .IsProblem(401, "enrolment-token-unknown");
        (await client.SendAsync("POST", AgentProtocol.EnrolPath, TestAgent.Enrolment(fresh, wrongCurve))).IsProblem(400, "invalid-request");
        (await client.SendAsync("POST", AgentProtocol.EnrolPath, TestAgent.Enrolment(fresh, other, name: ""))).IsProblem(400, "invalid-request");
        (await client.SendAsync("POST", AgentProtocol.EnrolPath, "{\"token\":\"x\"}")).IsProblem(400, "invalid-request");
        (await client.SendAsync("POST", AgentProtocol.EnrolPath, "{")).IsProblem(400, "invalid-request");

        Assert.Equal(writes, host.Store.Writes);
        Assert.Equal(200, (await client.SendAsync("POST", AgentProtocol.EnrolPath, TestAgent.Enrolment(fresh, other))).Status);
    }

    [Fact]
    public async Task Enrol_MoreMachinesAtOnceThanThePlanHas_ExactlyTheQuotaEnrols()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var tokens = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.EnrolmentTokenAsync(acme)));
        var rows = acme.Scope.IdentityRows();
        var tenant = await rows.GetAsync(IdentityTable.TenantRow, IdentityJson.Default.TenantRecord, default);
        await rows.WriteAsync(
            TableWrite.Replace(
                tenant!.Row, TablePartition.Bytes(tenant.Value.WithUsed(QuotaKind.Nodes, 47), IdentityJson.Default.TenantRecord), tenant.ETag),
            default);

        using var client = host.Client();
        var answers = await Task.WhenAll(tokens.Select(token =>
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            return client.SendAsync("POST", AgentProtocol.EnrolPath, TestAgent.Enrolment(token, key));
        }));

        Assert.Equal(3, answers.Count(answer => answer.Status == 200));
        Assert.All(answers.Where(answer => answer.Status != 200), answer => answer.IsProblem(403, "quota-exceeded"));
        Assert.Equal(3, (await acme.Client.GetJsonAsync("/v1/nodes")).GetArrayLength());
    }

    [Fact]
    public async Task Token_WrongKeyReplayOrClock_IsItsOwnProblem()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var client = host.Client();
        Task<Answer> Ask(ECDsa key, AssertionClaims claims) => client.SendAsync("POST", AgentProtocol.TokenPath, TestAgent.Assertion(key, claims));

        (await Ask(stranger, TestAgent.Claims(agent.Enrolled, host.Time))).IsProblem(401, "assertion-unknown");
        var skewed = await Ask(agent.Key, TestAgent.Claims(agent.Enrolled, host.Time, TimeSpan.FromMinutes(10)));
        Assert.Contains("server's time is", skewed.IsProblem(401, "clock-skew").Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        (await Ask(agent.Key, TestAgent.Claims(agent.Enrolled, host.Time, -TimeSpan.FromMinutes(10)))).IsProblem(401, "clock-skew");
        (await Ask(agent.Key, TestAgent.Claims(agent.Enrolled, host.Time) with { Aud = "else" })).IsProblem(401, "assertion-claims");
        (await Ask(agent.Key, TestAgent.Claims(agent.Enrolled, host.Time) with { Iss = EntityId.New("node", host.Time) })).IsProblem(401, "assertion-unknown");
        (await client.SendAsync("POST", AgentProtocol.TokenPath, "{\"assertion\":\"a.b.c\"}")).IsProblem(400, "invalid-request");

        var claims = TestAgent.Claims(agent.Enrolled, host.Time);
        Assert.Equal(200, (await Ask(agent.Key, claims)).Status);
        (await Ask(agent.Key, claims)).IsProblem(401, "assertion-replayed");
    }

    [Fact]
    public async Task Fingerprint_FirstMakesTheNodeReady_RepeatedWritesNothing()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        Assert.Equal(new InboxMessage(acme.Tenant.Value, "eu", InboxKinds.Node, null, agent.NodeId), Assert.Single(await host.TakeInboxAsync()));
        var node = await acme.Client.GetJsonAsync($"/v1/node/{agent.NodeId}");
        Assert.Equal("ready", node.GetProperty("Status").GetString());
        Assert.Equal("de", node.GetProperty("Meta").GetProperty("residency.country").GetString());
        Assert.Equal("linux", node.GetProperty("Attributes").GetProperty("kernel.name").GetString());

        var writes = host.Store.Writes;
        var again = await agent.Client.CallAsync("PUT", AgentProtocol.NodePath, TestAgent.Fingerprint(), AgentJson.Default.NodeResponse);
        Assert.Equal(new NodeResponse(agent.NodeId, 30), again);
        Assert.Equal(writes, host.Store.Writes);

        await agent.Client.SendAsync("PUT", AgentProtocol.NodePath, TestAgent.Fingerprint(cores: 16));
        Assert.Single(await host.TakeInboxAsync());
    }

    [Theory]
    [InlineData("\"cores\":8", "\"cores\":-8", "resources.cores")]
    [InlineData("\"memoryMB\":16384", "\"memoryMB\":0", "resources.memoryMB")]
    [InlineData("\"memoryMB\":16384", "\"memoryMB\":99999999999", "$.resources.memoryMB")]
    [InlineData("\"protocolVersion\":", "\"protocolVersion\":9", "protocolVersion")]
    [InlineData("\"name\":\"machine-1\"", "\"name\":\"a\\nb\"", "name")]
    [InlineData("\"detail\":\"ok\"", "\"detail\":null", "$.drivers.exec.detail")]
    [InlineData("\"agentVersion\"", "\"surprise\":1,\"agentVersion\"", "$.surprise")]
    public async Task Fingerprint_ThatCannotBe_IsRefused(string part, string by, string field)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var agent = await host.AgentAsync(await host.SignUpAsync("acme"));
        var writes = host.Store.Writes;

        var answer = await agent.Client.SendAsync(
            "PUT", AgentProtocol.NodePath, TestAgent.Fingerprint().Replace(part, by, StringComparison.Ordinal));

        answer.IsProblem(400, "invalid-request");
        Assert.Contains(field.TrimStart('$', '.'), answer.Text, StringComparison.Ordinal);
        Assert.Equal(writes, host.Store.Writes);
    }

    [Fact]
    public async Task Revoke_EndsTheCredentialAndLosesTheNode()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        await host.TakeInboxAsync();

        Assert.Equal(204, (await acme.Client.SendAsync("DELETE", $"/v1/node/{agent.NodeId}")).Status);

        var refused = await agent.Client.SendAsync("PUT", AgentProtocol.NodePath, TestAgent.Fingerprint());
        Assert.True(refused.Status == 401, refused.ToString());
        using var client = host.Client();
        (await client.SendAsync("POST", AgentProtocol.TokenPath, TestAgent.Assertion(agent.Key, TestAgent.Claims(agent.Enrolled, host.Time))))
            .IsProblem(401, "assertion-unknown");
        (await acme.Client.SendAsync("GET", $"/v1/node/{agent.NodeId}")).IsProblem(404, "not-found");
        var node = await acme.Scope.NodesOf().GetAsync(agent.NodeId, ClusterJson.Default.NodeRecord, default);
        Assert.Equal((NodeStatus.Down, true), (node!.Value.Status, node.Value.Revoked));
        Assert.Equal(agent.NodeId, Assert.Single(await host.TakeInboxAsync()).Id);
        (await acme.Client.SendAsync("DELETE", $"/v1/node/{agent.NodeId}")).IsProblem(404, "not-found");
    }
}
