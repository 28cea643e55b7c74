using System.Text.Json.Nodes;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Hosts;

/// <summary>The same modules in processes of their own: nothing depends on sharing memory with another app.</summary>
[Collection("machine")]
public sealed class SeparateAppsTests
{
    [Fact]
    public async Task What_the_encryption_app_did_is_metered_by_billing_and_in_the_audit_log_of_onboarding()
    {
        using var folder = new TemporaryFolder();
        await using var platform = await SeparateApps.StartAsync(folder["data"]);
        using var customer = await Customer.SignUpAsync(platform);

        var encrypted = await customer.OkAsync(
            HttpMethod.Post, "encryption", "/v1/transit/encrypt/orders", new JsonObject { ["plaintext"] = "c2VjcmV0LW9mLWFjbWU=" });
        var ciphertext = encrypted.GetProperty("data").GetProperty("ciphertext").GetString()!;
        var decrypted = await customer.OkAsync(
            HttpMethod.Post, "encryption", "/v1/transit/decrypt/orders", new JsonObject { ["ciphertext"] = ciphertext });

        Assert.Equal("c2VjcmV0LW9mLWFjbWU=", decrypted.GetProperty("data").GetProperty("plaintext").GetString());
        await Eventually.Async(
            async () => (await customer.UsageAsync()).GetProperty("totals").GetProperty("transitOperations").GetDecimal(),
            seen => seen == 2,
            TimeSpan.FromSeconds(60),
            seen => $"{seen} transit operations were metered. {platform.Transcript}");
        var log = await Eventually.Async(
            async () => (await customer.OkAsync(HttpMethod.Get, "onboarding", "/v1/audit", null)).GetRawText(),
            seen => seen.Contains("transit:encrypt", StringComparison.Ordinal) && seen.Contains("transit:decrypt", StringComparison.Ordinal),
            TimeSpan.FromSeconds(30),
            seen => seen);
        Assert.Contains("hmac-sha256:", log, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0LW9mLWFjbWU=", log, StringComparison.Ordinal);
    }

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
