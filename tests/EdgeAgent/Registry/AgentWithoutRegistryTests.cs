using Saas.EdgeAgent.Tests.Fakes;
using Saas.TestKit;

namespace Saas.EdgeAgent.Tests.Registry;

public sealed class AgentWithoutRegistryTests
{
    [Fact]
    public async Task An_agent_without_a_local_registry_loads_no_web_server_and_with_one_does()
    {
        using var folder = new TempDirectory();
        await using var plane = await FakeControlPlane.StartAsync();
        await using (var plain = new AgentProcess(plane, folder.File("plain")))
        {
            plain.Start();
            await Poll.UntilAsync(() => plane.Fingerprint is not null, "the agent's fingerprint", () => plain.Log);
            Assert.DoesNotContain("AspNetCore", await MapsAsync(plain), StringComparison.Ordinal);
        }

        var port = FreePort.Find();
        await File.WriteAllTextAsync(folder.File("agent.json"), $$$"""{"registry":{"listen":"127.0.0.1:{{{port}}}"}}""");
        await using var registering = new AgentProcess(plane, folder.File("plain"));
        registering.Start(null, "--config", folder.File("agent.json"));
        await Poll.UntilAsync(() => registering.Log.Contains($"listens on 127.0.0.1:{port}", StringComparison.Ordinal), "the API", () => registering.Log);
        Assert.Contains("AspNetCore", await MapsAsync(registering), StringComparison.Ordinal);

        // The control plane of this test knows no registry: the agent goes on without.
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        Assert.Equal("{}", await http.GetStringAsync("/v1/agent/services"));
        Assert.Equal(0, await registering.TerminateAsync());
    }

    private static Task<string> MapsAsync(AgentProcess agent) => File.ReadAllTextAsync($"/proc/{agent.Id}/maps");
}
