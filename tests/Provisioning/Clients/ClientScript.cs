using System.Diagnostics;
using System.Text.Json;
using Saas.Provisioning.Tests.Shared;

namespace Saas.Provisioning.Tests.Clients;

/// <summary>
/// Runs a script that drives the API with a client we did not write, and judges what it prints: a line of JSON a check,
/// <c>{"name":…,"ok":…,"error":…}</c>.
/// </summary>
internal static class ClientScript
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <param name="script">Below tests/Provisioning/Clients.</param>
    /// <param name="checks">How many there are at least: a script that ends early has not passed.</param>
    public static async Task RunAsync(ProvisioningHost host, Customer customer, string script, int checks)
    {
        using var client = host.PeerClient();
        using var process = Process.Start(new ProcessStartInfo("node", [Path.Combine(TestsFolder(), "Provisioning", "Clients", script)])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["NOMAD_ADDR"] = client.BaseAddress!.GetLeftPart(UriPartial.Authority),
                ["NOMAD_TOKEN"] = customer.Client.DefaultRequestHeaders.Authorization!.Parameter,
            },
        }) ?? throw new InvalidOperationException("node does not start.");
        using var timeout = new CancellationTokenSource(Patience);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            var results = (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonDocument.Parse(line).RootElement).ToList();
            var failures = results.Where(static result => !result.GetProperty("ok").GetBoolean())
                .Select(static result => $"{result.GetProperty("name")}: {result.GetProperty("error")}").ToList();
            Assert.True(failures.Count == 0 && results.Count >= checks, $"{results.Count} checks, failed:\n{string.Join('\n', failures)}\n{await errors}");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
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
