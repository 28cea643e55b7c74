using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;

namespace Saas.LocalRegistry.Tests.Dns;

/// <summary>Runs the dig of Debian's bind9-dnsutils; tests/setup.sh installs it.</summary>
internal static class Dig
{
    public static async Task<DigAnswer> RunAsync(IPEndPoint server, params string[] arguments)
    {
        var start = new ProcessStartInfo("dig", [$"@{server.Address}", "-p", $"{server.Port}", "+time=20", "+tries=1", .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dig did not start.");
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? new DigAnswer(output)
            : throw new InvalidOperationException($"dig {string.Join(' ', arguments)} ended with {process.ExitCode}: {output}{await error}");
    }
}

/// <summary>What dig printed.</summary>
internal sealed partial record DigAnswer(string Text)
{
    public string Status => StatusPattern().Match(Text).Groups["value"].Value;

    public string[] Flags => FlagsPattern().Match(Text).Groups["value"].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    public int Bytes => int.Parse(SizePattern().Match(Text).Groups["value"].Value);

    public string[] Answers => Section("ANSWER");
    public string[] Authority => Section("AUTHORITY");
    public string[] Additional => Section("ADDITIONAL");

    /// <summary>With <c>+short</c>.</summary>
    public string[] Lines => Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Dig said that something about the message is wrong.</summary>
    public bool HasWarnings => Text.Contains("WARNING", StringComparison.Ordinal) && !Text.Contains("recursion requested but not available", StringComparison.Ordinal)
        || Text.Contains("malformed", StringComparison.Ordinal) || Text.Contains("mismatch", StringComparison.Ordinal);

    /// <summary>Each record with single spaces.</summary>
    private string[] Section(string name)
    {
        var begin = Text.IndexOf($";; {name} SECTION:\n", StringComparison.Ordinal);
        return begin < 0
            ? []
            : [.. Text[begin..].Split('\n').Skip(1).TakeWhile(l => l.Length > 0).Select(l => Spaces().Replace(l, " "))];
    }

    [GeneratedRegex("status: (?<value>[A-Z]+)", RegexOptions.NonBacktracking)]
    private static partial Regex StatusPattern();

    [GeneratedRegex(";; flags: (?<value>[a-z ]+);", RegexOptions.NonBacktracking)]
    private static partial Regex FlagsPattern();

    [GeneratedRegex("MSG SIZE *rcvd: (?<value>[0-9]+)", RegexOptions.NonBacktracking)]
    private static partial Regex SizePattern();

    [GeneratedRegex("[ \t]+", RegexOptions.NonBacktracking)]
    private static partial Regex Spaces();
}
