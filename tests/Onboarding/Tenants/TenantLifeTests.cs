using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Saas.Cluster;
using Saas.Cluster.Assignments;
using Saas.Cluster.Changes;
using Saas.Cluster.Sessions;
using Saas.Contracts;
using Saas.Contracts.Agents;
using Saas.Identity.Rows;
using Saas.Onboarding.Tenants;
using Saas.Onboarding.Tests.Shared;
using Saas.Storage.Tables;

namespace Saas.Onboarding.Tests.Tenants;

public sealed class TenantLifeTests : IAsyncLifetime
{
    private readonly OnboardingHost _host = new();

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Update_NameAndPlan_AreSeenAtOnce()
    {
        var customer = await _host.SignUpAsync();
        (await customer.Owner.PatchAsync("/v1/tenant", """{"name":"Acme GmbH","plan":"prod"}""")).Expect(HttpStatusCode.OK);
        var tenant = await customer.Owner.GetAsync("/v1/tenant");
        Assert.Equal(("Acme GmbH", "prod", "active"), (tenant.Text("name"), tenant.Text("plan"), tenant.Text("status")));
        Assert.Equal("prod", (await customer.Owner.GetAsync("/v1/whoami")).Text("plan"));
    }

    [Fact]
    public async Task Update_ToAPlanThatAllowsLessThanThereIs_IsRefusedWithTheNumbers()
    {
        var customer = await _host.SignUpAsync(plan: "prod");
        for (var i = 0; i < 11; i++)
        {
            await customer.Owner.CreateAsync("/v1/sites", $$"""{"name":"s{{i}}","region":"eu"}""");
        }

        var refused = (await customer.Owner.PatchAsync("/v1/tenant", """{"plan":"dev"}""")).ExpectProblem(HttpStatusCode.Forbidden, "quota-exceeded");
        Assert.Contains("10 sites", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Contains("11", refused.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suspend_ByAnOperator_StopsTheTenantsKeysUntilItIsResumed()
    {
        var customer = await _host.SignUpAsync();
        using var @operator = _host.Holding(OnboardingHost.OperatorKey);
        var path = $"/v1/operator/tenants/{customer.Id.Value}";
        (await @operator.PostAsync(path + "/suspend", """{"reason":"unpaid"}""")).Expect(HttpStatusCode.OK);
        (await customer.Owner.GetAsync("/v1/tenant")).Expect(HttpStatusCode.Forbidden);
        (await @operator.SendAsync(HttpMethod.Post, path + "/resume")).Expect(HttpStatusCode.OK);
        (await customer.Owner.GetAsync("/v1/tenant")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Suspend_ByAnyoneElse_Is401AndChangesNothing()
    {
        var customer = await _host.SignUpAsync();
        var path = $"/v1/operator/tenants/{customer.Id.Value}/suspend";
        foreach (var caller in (Caller[])[_host.Anonymous(), customer.Owner, _host.Holding("guess")])
        {
            (await caller.PostAsync(path, """{"reason":"x"}""")).Expect(HttpStatusCode.Unauthorized);
        }

        (await customer.Owner.GetAsync("/v1/tenant")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Suspend_NoSuchTenant_Is404()
    {
        using var @operator = _host.Holding(OnboardingHost.OperatorKey);
        foreach (var id in (string[])["ten_0", TenantId.New(_host.Time).Value])
        {
            (await @operator.PostAsync($"/v1/operator/tenants/{id}/suspend", """{"reason":"x"}""")).Expect(HttpStatusCode.NotFound);
        }
    }

    [Fact]
    public async Task Delete_ThenRestoreWithinTheGrace_EverythingWorksAgain()
    {
        var customer = await _host.SignUpAsync();
        var deleted = (await customer.Owner.DeleteAsync("/v1/tenant")).Expect(HttpStatusCode.Accepted);
        Assert.Equal("deleting", deleted.Text("status"));
        Assert.Equal(_host.Time.GetUtcNow().AddDays(7), deleted.Json.GetProperty("purgeAt").GetDateTimeOffset());

        (await customer.Owner.GetAsync("/v1/tenant")).Expect(HttpStatusCode.OK);
        (await customer.Owner.GetAsync("/v1/projects")).Expect(HttpStatusCode.Forbidden);
        (await customer.Owner.PostAsync("/v1/keys", """{"name":"k","role":"owner"}""")).Expect(HttpStatusCode.Forbidden);

        (await customer.Owner.SendAsync(HttpMethod.Post, "/v1/tenant/restore")).Expect(HttpStatusCode.OK);
        (await customer.Owner.GetAsync("/v1/projects")).Expect(HttpStatusCode.OK);
        _host.Time.Advance(TimeSpan.FromDays(8));
        await PurgeAsync();
        (await customer.Owner.GetAsync("/v1/projects")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Delete_GraceOver_NothingOfTheTenantIsLeftAndNobodyElseIsTouched()
    {
        var (gone, stays) = (await _host.SignUpAsync("gone"), await _host.SignUpAsync("stays"));
        foreach (var customer in (Customer[])[gone, stays])
        {
            await customer.Owner.CreateAsync("/v1/sites", """{"name":"berlin","region":"eu"}""");
            await WriteClusterRowsAsync(customer);
        }

        (await gone.Owner.DeleteAsync("/v1/tenant")).Expect(HttpStatusCode.Accepted);
        var others = (await RowsAsync()).Where(r => r.StartsWith(stays.Id.Value, StringComparison.Ordinal)).ToArray();
        await PurgeAsync();
        Assert.Contains(await RowsAsync(), r => r.StartsWith(gone.Id.Value, StringComparison.Ordinal));

        _host.Time.Advance(TimeSpan.FromDays(7));
        await PurgeAsync();
        await PurgeAsync();

        Assert.Equal(others, await RowsAsync());
        (await gone.Owner.GetAsync("/v1/tenant")).Expect(HttpStatusCode.Unauthorized);
        (await stays.Owner.GetAsync("/v1/tenant")).Expect(HttpStatusCode.OK);
    }

    private Task PurgeAsync() => _host.Services.GetRequiredService<PurgeTenants>().RunAsync(CancellationToken.None);

    private async Task WriteClusterRowsAsync(Customer customer)
    {
        var scope = _host.Scopes.For(customer.Id);
        foreach (var rows in (TablePartition[])[scope.JobsOf(customer.ProjectId), scope.NodesOf(), scope.HeartbeatsOf(), scope.AssignmentsOf("eu", 0), scope.AssignmentsOf("eu", 7), scope.DefinitionsOf("eu"), scope.AllocationsOf(),
            scope.PurgedAllocationsOf(), scope.SchedulerSettingsOf(), scope.ProjectQuotasOf(), scope.NodePoolsOf(), scope.ChangeMarksOf()])
        {
            await rows.WriteAsync(TableWrite.Insert("row", "{}"u8.ToArray()), CancellationToken.None);
        }

        var session = new SessionRecord
        {
            Id = EntityId.New("sess", TimeProvider.System), NodeId = "node_a", Request = new SessionRequest { Kind = SessionKinds.Logs }, LeaseUntil = DateTimeOffset.MaxValue,
        };
        await scope.SessionsOf().WriteAsync(
            TableWrite.Insert(SessionRows.Row(session.NodeId, session.Id), TablePartition.Bytes(session, ClusterJson.Default.SessionRecord)), CancellationToken.None);
        await scope.FramesOf(session.Id).WriteAsync(SessionRows.Insert(fromAgent: true, 1, new SessionFrame { Data = [1] }), CancellationToken.None);

        // A domain of a site that is gone by the time is found by its row.
        await scope.RegistryOf().WriteAsync(
            TableWrite.Insert(ClusterTables.RegistryDomainRow(customer.ProjectId, "site_gone"), "{}"u8.ToArray()), CancellationToken.None);
        await scope.RegistryDomainOf(customer.ProjectId, "site_gone").WriteAsync(TableWrite.Insert("head", "{}"u8.ToArray()), CancellationToken.None);
    }

    /// <summary>All rows but the audit log and what requests leave for their repetition, which outlive the tenant.</summary>
    private async Task<string[]> RowsAsync()
    {
        var rows = new List<string>();
        foreach (var table in (string[])[IdentityTable.Name, IdentityTable.Deletions, ClusterTables.Jobs, ClusterTables.Nodes, ClusterTables.Heartbeats, ClusterTables.Assignments, ClusterTables.Allocations, ClusterTables.Scheduling, SessionRows.Table])
        {
            var page = await _host.Store.ScanAsync(table, TableLimits.MaxPageRows, null, CancellationToken.None);
            rows.AddRange(page.Rows.Select(r => $"{r.Partition} {table} {r.Row} {r.ETag}"));
        }

        return [.. rows];
    }
}
