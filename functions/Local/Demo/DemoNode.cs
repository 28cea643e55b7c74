using System.Text.Json;

namespace Saas.Local.Demo;

/// <summary>This machine as the platform sees it.</summary>
/// <param name="VmFault">Why it cannot run VMs; null if it can.</param>
internal sealed record DemoNode(string Id, string Summary, string? VmFault)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <exception cref="DemoException">The agent ended, or did not report in time.</exception>
    public static async Task<DemoNode> WaitForAsync(PlatformClient client, AgentProcess agent, CancellationToken ct)
    {
        var node = await Poll.UntilAsync(async () =>
        {
            if (agent.HasExited)
            {
                throw new DemoException($"The agent ended; see {agent.LogFile}.");
            }

            var nodes = await client.GetAsync("provisioning", "/v1/nodes", ct);
            return nodes.EnumerateArray().Where(n => n.GetProperty("Status").GetString() == "ready").Select(n => (JsonElement?)n).FirstOrDefault();
        }, Patience, ct) ?? throw new DemoException($"The agent did not enrol within {Patience.TotalSeconds} s; see {agent.LogFile}.");

        var id = node.GetProperty("ID").GetString()!;
        var detail = await client.GetAsync("provisioning", $"/v1/node/{id}", ct);
        return new DemoNode(id, Describe(detail), FaultOfVm(detail));
    }

    private static string Describe(JsonElement node)
    {
        var attributes = node.GetProperty("Attributes");
        return $"{attributes.GetProperty("cpu.numcores").GetString()} cores, {attributes.GetProperty("cpu.arch").GetString()}, kernel {attributes.GetProperty("kernel.version").GetString()}";
    }

    private static string? FaultOfVm(JsonElement node)
    {
        if (!node.GetProperty("Drivers").TryGetProperty("vm", out var vm))
        {
            return "the agent has no vm driver.";
        }

        return vm.GetProperty("Healthy").GetBoolean() ? null : vm.GetProperty("HealthDescription").GetString();
    }
}
