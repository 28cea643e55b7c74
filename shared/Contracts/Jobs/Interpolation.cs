using System.Text.RegularExpressions;

namespace Saas.Contracts.Jobs;

/// <summary>Nomad's <c>${name}</c> in texts of a job.</summary>
public static partial class Interpolation
{
    /// <param name="valueOf">Null: there is no such name, and the text stays as it is there.</param>
    public static string Replace(string text, Func<string, string?> valueOf) =>
        text.Contains("${", StringComparison.Ordinal)
            ? Reference().Replace(text, match => valueOf(match.Value[2..^1]) ?? match.Value)
            : text;

    [GeneratedRegex(@"\$\{[a-zA-Z0-9_.-]+\}", RegexOptions.NonBacktracking)]
    private static partial Regex Reference();
}
