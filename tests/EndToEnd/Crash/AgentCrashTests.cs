using System.Text.Json.Nodes;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Crash;

/// <summary>The agent is killed around the start of a VM: on restart there is exactly one.</summary>
[Collection("machine")]
public sealed class AgentCrashTests(ITestOutputHelper output)
{
    private const string DefinitionsOfLibvirt = "/etc/libvirt/qemu";
    private static readonly JsonObject VmResources = new() { ["Cores"] = 1, ["MemoryMB"] = 192 };

    [Fact]
    public async Task Killed_after_the_start_the_agent_adopts_the_vm()
    {
        using var folder = new TemporaryFolder();
        await using var platform = await LocalPlatform.StartAsync(folder["data"]);
        using var customer = await Customer.SignUpAsync(platform);
        await using var agent = await customer.StartAgentAsync(folder["agent"]);

        await SubmitVmAsync(customer, "guest");
        var allocation = await RunningAsync(customer, "guest", agent);
        var before = await DomainIdAsync(allocation);
        await agent.KillAndRestartAsync();
        await BootedAsync(customer, allocation, agent);

        Assert.Equal(before, await DomainIdAsync(allocation));
        await StopAsync(customer, "guest", allocation);
    }

    [Fact]
    public async Task Killed_between_defining_and_starting_the_agent_starts_the_defined_vm()
    {
        using var folder = new TemporaryFolder();
        await using var platform = await LocalPlatform.StartAsync(folder["data"]);
        using var customer = await Customer.SignUpAsync(platform);
        await using var agent = await customer.StartAgentAsync(folder["agent"]);

        // The moment is short and belongs to libvirt, so it is tried until the kill fell into it.
        for (var attempt = 0; attempt < 40; attempt++)
        {
            var job = $"guest-{attempt}";
            using var defined = new DefinitionWatch(DefinitionsOfLibvirt, agent.Process.Id);
            await SubmitVmAsync(customer, job);
            await defined.KilledAsync(TimeSpan.FromSeconds(30));
            await agent.KillAsync();
            var allocation = Assert.Single(await customer.AllocationsAsync(job)).Id;
            var domain = Assert.Single(await Virsh.DomainsOfAsync(allocation));
            var hit = await Virsh.StateAsync(domain) == "shut off";

            agent.Restart();
            Assert.Equal(allocation, await RunningAsync(customer, job, agent));
            Assert.Equal(domain, Assert.Single(await Virsh.DomainsOfAsync(allocation)));
            Assert.Equal("running", await Virsh.StateAsync(domain));
            await StopAsync(customer, job, allocation);
            if (hit)
            {
                output.WriteLine($"hit at attempt {attempt + 1}");
                return;
            }
        }

        Assert.Fail("No kill fell between defining and starting.");
    }

    private static async Task SubmitVmAsync(Customer customer, string job)
    {
        using var answer = await customer.SubmitAsync(job, "vm", await GuestImage.MakeConfigAsync(), 1, VmResources.DeepClone().AsObject());
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<string> RunningAsync(Customer customer, string job, AgentUnderTest agent)
    {
        var allocations = await Eventually.Async(
            () => customer.AllocationsAsync(job),
            seen => seen is [(_, "running")],
            TimeSpan.FromSeconds(60),
            seen => $"{job}: {string.Join(", ", seen)} {agent.Process.Transcript}");
        return allocations[0].Id;
    }

    private static Task BootedAsync(Customer customer, string allocation, AgentUnderTest agent) =>
        Eventually.Async(
            async () => (await customer.AllocationAsync(allocation)).GetRawText(),
            seen => seen.Contains(GuestImage.BootMarker, StringComparison.Ordinal),
            TimeSpan.FromSeconds(60),
            seen => $"{seen} {agent.Process.Transcript}");

    private static async Task<string> DomainIdAsync(string allocation) =>
        (await Virsh.RunAsync("domid", Assert.Single(await Virsh.DomainsOfAsync(allocation)))).Trim();

    private static async Task StopAsync(Customer customer, string job, string allocation)
    {
        await customer.StopJobAsync(job);
        await Eventually.Async(
            () => Virsh.DomainsOfAsync(allocation),
            seen => seen.Count == 0,
            TimeSpan.FromSeconds(60),
            seen => $"domains left: {string.Join(", ", seen)}");
    }
}
