using System.Diagnostics;
using System.Text.Json;
using Saas.Encryption.Tests.Shared;

namespace Saas.Encryption.Tests.Clients;

/// <summary>
/// Runs a script that drives the API with a client we did not write, and judges what it prints: a line of JSON a check,
/// <c>{"name":…,"ok":…,"error":…}</c>.
/// </summary>
internal static class ClientScript
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <param name="script">Below tests/Encryption/Clients.</param>
    /// <param name="checks">How many there are at least: a script that ends early has not passed.</param>
    public static async Task RunAsync(string program, string script, int checks)
    {
        await using var host = await EncryptionHost.StartAsync();
        var acme = await host.SignUpAsync();
        var (output, errors) = await RunAsync(program, Path.Combine(TestsFolder(), "Encryption", "Clients", script), host.Address, acme.Token);

        var results = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        var failures = results.Where(r => !r.GetProperty("ok").GetBoolean())
            .Select(r => $"{r.GetProperty("name")}: {r.GetProperty("error")}")
            .ToList();
        Assert.True(failures.Count == 0 && results.Count >= checks, $"{results.Count} checks, failed:\n{string.Join('\n', failures)}\n{errors}");
    }

    private static async Task<(string Output, string Errors)> RunAsync(string program, string script, Uri address, string token)
    {
        using var process = Process.Start(new ProcessStartInfo(program, [script])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["VAULT_ADDR"] = address.GetLeftPart(UriPartial.Authority),
                ["VAULT_TOKEN"] = token,
                ["PYTHONDONTWRITEBYTECODE"] = "1",
            },
        }) ?? throw new InvalidOperationException($"{program} does not start.");
        using var timeout = new CancellationTokenSource(Patience);
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(timeout.Token), process.StandardError.ReadToEndAsync(timeout.Token));
        try
        {
            await process.WaitForExitAsync(timeout.Token);
            return (await output, await errors);
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
