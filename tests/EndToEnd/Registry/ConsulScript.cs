using System.Text.Json;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Registry;

/// <summary>
/// Runs a script that drives the platform with Consul's client from npm, and judges what it prints: a line of JSON a check,
/// <c>{"name":…,"ok":…,"error":…}</c>.
/// </summary>
internal static class ConsulScript
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <param name="checks">How many there are at least: a script that ends early has not passed.</param>
    public static async Task RunAsync(RegistrySite site, string script, int checks)
    {
        await using var node = Child.Start("node", [Path.Combine(TestsFolder(), "EndToEnd", "Registry", "consul-client", script)], new Dictionary<string, string>
        {
            ["REGISTRY_ADDR"] = site.Registry.GetLeftPart(UriPartial.Authority),
            ["AGENT_ADDR"] = site.AgentApi.GetLeftPart(UriPartial.Authority),
            ["CONSUL_TOKEN"] = site.Customer.ApiKey,
        });
        await node.WaitAsync(Patience);

        var results = node.Output.Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var failures = results.Where(r => !r.GetProperty("ok").GetBoolean()).Select(r => $"{r.GetProperty("name")}: {r.GetProperty("error")}").ToList();
        Assert.True(
            failures.Count == 0 && results.Count >= checks,
            $"{results.Count} checks, failed:\n{string.Join('\n', failures)}\n{node.Transcript}\n{site.Transcript}");
    }

    /// <summary>The folder tests/ of the checkout this was built from: node finds its packages from there.</summary>
    private static string TestsFolder()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "package-lock.json")))
            {
                return at.FullName;
            }
        }

        throw new DirectoryNotFoundException("No folder above the tests has a package-lock.json.");
    }
}
