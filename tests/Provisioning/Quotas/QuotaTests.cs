using Saas.Cluster;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Quotas;

public sealed class QuotaTests
{
    [Fact]
    public async Task Quota_IsOfAProject_InRowsByRegion_AndToldTheScheduler()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        await host.AddSiteAsync(acme, "mill", "us");
        await host.TakeInboxAsync();

        var answer = await acme.Client.SendAsync(
            "PUT", "/v1/quota", """{"Name":"default","Limits":[{"Region":"eu","RegionLimit":{"CPU":4000,"MemoryMB":0,"Cores":-1}},{"Region":"us","RegionLimit":{"Allocations":3}}]}""");

        Assert.True(answer.Status == 200, answer.ToString());
        Assert.Equal(
            new ProjectQuota { ProjectId = acme.ProjectId, Region = "eu", CpuMhz = 4000, Cores = 0 },
            (await acme.Scope.ProjectQuotasOf().GetAsync("eu|" + acme.ProjectId, ClusterJson.Default.ProjectQuota, default))!.Value);
        Assert.Equal(["eu", "us"], (await host.TakeInboxAsync()).Where(static message => message.Kind == InboxKinds.Settings).Select(static message => message.Region).Order());
        var limit = (await acme.Client.GetJsonAsync("/v1/quota/default")).GetProperty("Limits")[0].GetProperty("RegionLimit");
        Assert.Equal("""{"CPU":4000,"Cores":-1,"MemoryMB":0,"DiskMB":0,"Allocations":0}""", limit.GetRawText());
        Assert.Equal(1, (await acme.Client.GetJsonAsync("/v1/quotas")).GetArrayLength());
        Assert.Equal("default", (await acme.Client.GetJsonAsync("/v1/namespace/default")).GetProperty("Quota").GetString());

        await acme.Client.SendAsync("POST", "/v1/quota/default", """{"Name":"default","Limits":[{"Region":"us","RegionLimit":{"Allocations":3}}]}""");
        Assert.Null(await acme.Scope.ProjectQuotasOf().GetAsync("eu|" + acme.ProjectId, default));
        Assert.Equal(200, (await acme.Client.SendAsync("DELETE", "/v1/quota/default")).Status);
        Assert.Equal((404, "quota not found"), Said(await acme.Peer.SendAsync("GET", "/v1/quota/default")));
    }

    [Fact]
    public async Task Put_AsNomadsGoClientSendsIt_WithAllThatSaysNothing_IsTaken()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");

        var answer = await acme.Peer.SendAsync(
            "PUT", "/v1/quota", """
            {"Name":"default","Description":"d","Limits":[{"Region":"eu","RegionLimit":{"CPU":4000,"Cores":null,"MemoryMB":512,"MemoryMaxMB":0,"Devices":null,
            "NUMA":null,"SecretsMB":null,"Storage":null,"NodePools":null},"VariablesLimit":null,"Hash":null}],"CreateIndex":0,"ModifyIndex":0}
            """);

        Assert.True(answer.Status == 200, answer.ToString());
        var limit = (await acme.Client.GetJsonAsync("/v1/quota/default")).GetProperty("Limits")[0].GetProperty("RegionLimit");
        Assert.Equal("""{"CPU":4000,"Cores":0,"MemoryMB":512,"DiskMB":0,"Allocations":0}""", limit.GetRawText());
    }

    [Fact]
    public async Task Usage_IsWhatStandsInDocuments()
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");
        var agent = await host.AgentAsync(acme);
        await agent.AssignAsync(1, signal: true, agent.Allocation(), agent.Allocation());
        await acme.Client.SendAsync("PUT", "/v1/quota", """{"Name":"default","Limits":[{"Region":"global","RegionLimit":{"CPU":4000}}]}""");

        var used = (await acme.Client.GetJsonAsync("/v1/quota/usage/default")).GetProperty("Used").EnumerateObject().Single();

        var hash = (await acme.Client.GetJsonAsync("/v1/quota/default")).GetProperty("Limits")[0].GetProperty("Hash").GetString();
        Assert.Equal(hash, used.Name);
        Assert.Equal("""{"CPU":1000,"Cores":0,"MemoryMB":512,"DiskMB":0,"Allocations":2}""", used.Value.GetProperty("RegionLimit").GetRawText());
        Assert.Equal(1, (await acme.Client.GetJsonAsync("/v1/quota-usages")).GetArrayLength());
    }

    [Theory]
    [InlineData("""{"Name":"none"}""", "a quota is named as the project")]
    [InlineData("""{"Name":"default","Limits":[{"Region":"mars","RegionLimit":{}}]}""", "each limit needs")]
    [InlineData("""{"Name":"default","Limits":[{"Region":"eu"}]}""", "each limit needs")]
    [InlineData("""{"Name":"default","Limits":[null]}""", "each limit needs")]
    [InlineData("""{"Name":"default","Limits":[{"RegionLimit":{"MemoryMaxMB":4000}}]}""", "MemoryMaxMB is not limited here")]
    [InlineData("""{"Name":"default","Limits":[{"RegionLimit":{},"VariablesLimit":5}]}""", "VariablesLimit is not limited here")]
    [InlineData("""{"Name":"default","Limits":[{"RegionLimit":{"CPU":9000000000000}}]}""", "each limit needs")]
    [InlineData("""{"Name":"default","Limits":[{"RegionLimit":{}},{"RegionLimit":{}}]}""", "each limit needs")]
    public async Task Put_OfWhatCannotBe_NamesIt(string body, string text)
    {
        await using var host = await ProvisioningHost.StartAsync();
        var acme = await host.SignUpAsync("acme");

        var answer = await acme.Peer.SendAsync("PUT", "/v1/quota", body);

        Assert.True(answer.Status == 400, answer.ToString());
        Assert.StartsWith(text, answer.Text, StringComparison.Ordinal);
    }

    private static (int, string) Said(Answer answer) => (answer.Status, answer.Text);
}
