using System.Text.Json;
using Saas.EndToEnd.Tests.Tools;

namespace Saas.EndToEnd.Tests.Client;

/// <summary>nomad-client, as npm has it, drives tasks of a real agent.</summary>
[Collection("client")]
public sealed class NomadClientTests(ClientSite site)
{
    private const int Checks = 6;

    [Fact]
    public async Task Script_AgainstThePlatform_FindsNomadsClientEndpoints()
    {
        var allocation = await site.RunAsync("driven", "trap : USR1; while :; do sleep 0.05; done");
        await using var node = Child.Start("node", [Path.Combine(TestsFolder(), "EndToEnd", "Client", "nomad-client", "tasks.js")], new Dictionary<string, string>
        {
            ["NOMAD_ADDR"] = site.Platform.Apps["provisioning"].GetLeftPart(UriPartial.Authority),
            ["NOMAD_TOKEN"] = site.Customer.ApiKey,
            ["ALLOCATION"] = allocation,
        });
        await node.WaitAsync(TimeSpan.FromMinutes(3));

        var results = node.Output.Where(static line => line.StartsWith('{')).Select(static line => JsonDocument.Parse(line).RootElement).ToList();
        var failures = results.Where(static r => !r.GetProperty("ok").GetBoolean()).Select(static r => $"{r.GetProperty("name")}: {r.GetProperty("error")}").ToList();
        Assert.True(failures.Count == 0 && results.Count == Checks, $"{results.Count} checks, failed:\n{string.Join('\n', failures)}\n{node.Transcript}\n{site.Transcript}");
        await site.Customer.StopJobAsync("driven");
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
