using System.Diagnostics;
using System.Text.Json;
using Saas.LocalRegistry.Tests.Fakes;

namespace Saas.LocalRegistry.Tests.Clients;

/// <summary>Consul's client, as npm has it, drives the agent's API.</summary>
public sealed class ConsulClientTests
{
    private const int Checks = 21;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Script_AgainstTheAgent_FindsConsuls()
    {
        await using var registry = await FakeRegistry.StartAsync();
        await using var machine = await new LocalMachine(registry).StartAsync();
        using var process = Process.Start(new ProcessStartInfo("node", [Path.Combine(TestsFolder(), "LocalRegistry", "Clients", "agent.js")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["AGENT_ADDR"] = machine.Address.ToString() },
        })!;
        using var timeout = new CancellationTokenSource(Patience);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
        await process.WaitForExitAsync(timeout.Token);

        var results = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var failures = results.Where(r => !r.GetProperty("ok").GetBoolean()).Select(r => $"{r.GetProperty("name")}: {r.GetProperty("error")}").ToList();
        Assert.True(failures.Count == 0 && results.Count == Checks, $"{results.Count} checks, failed:\n{string.Join('\n', failures)}\n{await errors}");
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
