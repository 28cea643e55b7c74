using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Hosts;

/// <summary>The same modules in processes of their own: nothing depends on sharing memory with another app.</summary>
[Collection("machine")]
public sealed class SeparateAppsTests
{
    [Fact]
    public async Task Apps_that_share_only_the_store_run_a_job_meter_it_and_stop_it()
    {
        using var folder = new TemporaryFolder();
        await using var platform = await SeparateApps.StartAsync(folder["data"]);
        using var customer = await Customer.SignUpAsync(platform);
        await using var agent = await customer.StartAgentAsync(folder["agent"]);
        var mark = $"separate-{customer.TenantId}";

        using var submitted = await customer.SubmitAsync("job", "exec", Workload.Sleeper(mark), count: 2);
        Assert.True(submitted.IsSuccessStatusCode, await submitted.Content.ReadAsStringAsync());
        await Eventually.Async(
            () => customer.AllocationsAsync("job"),
            seen => seen.Count == 2 && seen.All(a => a.State == "running"),
            TimeSpan.FromSeconds(60),
            seen => $"{string.Join(", ", seen)} {platform.Transcript} {agent.Process.Transcript}");
        Assert.Equal(2, Workload.Count()[mark]);
        await Eventually.Async(
            async () => (await customer.UsageAsync()).GetProperty("totals").GetProperty("vcpuSeconds").GetDecimal(),
            seen => seen > 0,
            TimeSpan.FromSeconds(60),
            seen => $"{seen} vCPU-seconds were metered. {platform.Transcript}");

        await customer.StopJobAsync("job");
        await Eventually.Async(
            () => customer.AllocationsAsync("job"), seen => seen.All(a => a.State == "complete"), TimeSpan.FromSeconds(60), seen => string.Join(", ", seen));
        Assert.DoesNotContain(mark, Workload.Count().Keys);
    }
}
