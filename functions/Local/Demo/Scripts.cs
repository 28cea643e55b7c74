using System.Diagnostics;

namespace Saas.Local.Demo;

/// <summary>What a script of Demo/Setup said.</summary>
internal sealed record ScriptResult(int ExitCode, string Output);

/// <summary>Runs the shell scripts that stand beside the program in <c>setup/</c>.</summary>
internal static class Scripts
{
    public static async Task<ScriptResult> RunAsync(string name, IEnumerable<string> arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo("bash")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "setup", name));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start) ?? throw new DemoException("bash could not be started.");
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return new ScriptResult(process.ExitCode, string.Concat(await output, await errors).Trim());
    }
}
