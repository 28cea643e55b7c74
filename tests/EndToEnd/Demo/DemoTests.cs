using System.Text.Json;
using System.Text.RegularExpressions;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Demo;

/// <summary>The main job, run as a newcomer runs it.</summary>
[Collection("machine")]
public sealed partial class DemoTests
{
    [Fact]
    public async Task The_demo_runs_a_vm_and_a_process_and_says_what_they_cost()
    {
        using var folder = new TemporaryFolder();
        await using var demo = Child.Start("dotnet", [Programs.Local, "demo", "--once", "--json", "--port", "0", "--data", folder["data"].FullName]);
        await demo.WaitAsync(TimeSpan.FromMinutes(3));

        Assert.True(demo.ExitCode == 0, demo.Transcript);
        using var line = JsonDocument.Parse(demo.Output[^1]);
        var result = line.RootElement;
        Assert.StartsWith("ten_", result.GetProperty("tenantId").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("prj_", result.GetProperty("projectId").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("site_", result.GetProperty("siteId").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("node_", result.GetProperty("nodeId").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("job_", result.GetProperty("jobId").GetString(), StringComparison.Ordinal);

        var allocations = result.GetProperty("allocations").EnumerateArray().ToArray();
        Assert.Equal(["exec", "vm"], allocations.Select(a => a.GetProperty("driver").GetString()).Order());
        Assert.All(allocations, a => Assert.Equal("running", a.GetProperty("state").GetString()));
        Assert.All(allocations, a => Assert.InRange(a.GetProperty("secondsToRunning").GetDouble(), 0.001, 30));
        Assert.Contains(GuestImage.BootMarker, result.GetProperty("console").GetString(), StringComparison.Ordinal);
        Assert.True(result.GetProperty("usage").GetProperty("vcpuSeconds").GetDecimal() > 0);
        Assert.True(result.GetProperty("usage").GetProperty("memoryGibSeconds").GetDecimal() > 0);
        Assert.True(result.GetProperty("cost").GetProperty("amount").GetDecimal() > 0);
        Assert.Equal(3, result.GetProperty("cost").GetProperty("currency").GetString()!.Length);

        foreach (var allocation in allocations)
        {
            Assert.Empty(await Virsh.DomainsOfAsync(allocation.GetProperty("id").GetString()!));
        }
    }

    [Fact]
    public async Task Ctrl_C_stops_the_vm_the_agent_and_the_platform()
    {
        using var folder = new TemporaryFolder();

        // A session of its own stands for the terminal, whose Ctrl-C reaches every process in it.
        await using var demo = Child.Start("setsid", ["dotnet", Programs.Local, "demo", "--port", "0", "--data", folder["data"].FullName]);
        await Eventually.Async(
            () => Task.FromResult(demo),
            d => d.Output.Any(line => line.Contains("Ctrl-C", StringComparison.Ordinal)),
            TimeSpan.FromMinutes(2),
            d => d.Transcript);
        var started = Identifiers().Matches(string.Join('\n', demo.Output)).Select(m => m.Value).Distinct().ToArray();
        Assert.Equal(2, started.Length);

        demo.SignalGroup(2);
        await demo.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.True(demo.ExitCode == 0, demo.Transcript);
        foreach (var allocation in started)
        {
            Assert.Empty(await Virsh.DomainsOfAsync(allocation));
            Assert.DoesNotContain(allocation, Workload.Environments(), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(folder.Root.FullName, Workload.CommandLines(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_platform_keeps_its_data_over_a_restart()
    {
        using var folder = new TemporaryFolder();
        await using var platform = await LocalPlatform.StartAsync(folder["data"]);
        using var customer = await Customer.SignUpAsync(platform);

        await platform.StopAndRestartAsync();

        var tenant = await customer.OkAsync(HttpMethod.Get, "onboarding", "/v1/tenant", null);
        Assert.Equal(customer.TenantId, tenant.GetProperty("id").GetString());
        var site = await customer.OkAsync(HttpMethod.Get, "onboarding", $"/v1/sites/{customer.SiteId}", null);
        Assert.Equal("here", site.GetProperty("name").GetString());
    }

    [GeneratedRegex("alloc_[0-9a-z]{26}", RegexOptions.NonBacktracking)]
    private static partial Regex Identifiers();
}
