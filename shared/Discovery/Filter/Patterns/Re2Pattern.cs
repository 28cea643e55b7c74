using System.Text.RegularExpressions;

namespace Saas.Discovery.Filter.Patterns;

/// <summary>
/// Regular expressions in RE2's syntax, which Consul's filters are written in, run by .NET's engine without backtracking:
/// time is linear in the text, whatever the pattern. Known to differ: <c>\b</c> knows the letters of all of Unicode; a
/// character beyond U+FFFF counts as two to <c>.</c> and to classes; there are no scripts (<c>\p{Greek}</c>), and no such
/// characters in classes: these are refused.
/// </summary>
public static class Re2Pattern
{
    /// <exception cref="Re2SyntaxException">It is none of RE2's, or it is too large.</exception>
    public static Regex Compile(string pattern) => Compile(pattern, keepsPlaces: false).Regex;

    /// <summary>A pattern that is asked what its groups captured.</summary>
    /// <exception cref="Re2SyntaxException">As <see cref="Compile(string)"/>.</exception>
    public static Re2Captures CompileCapturing(string pattern)
    {
        var (regex, groups) = Compile(pattern, keepsPlaces: true);
        return new Re2Captures(regex, groups);
    }

    private static (Regex Regex, IReadOnlyList<int> Groups) Compile(string pattern, bool keepsPlaces)
    {
        if (pattern.Length > FilterLimits.PatternCharacters)
        {
            throw new Re2SyntaxException($"expression of {pattern.Length} characters exceeds the limit ({FilterLimits.PatternCharacters})");
        }

        try
        {
            var translator = new Re2Translator(pattern, keepsPlaces);
            var regex = new Regex(translator.Translate(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return (regex, translator.Captures);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new Re2SyntaxException(error.Message, error);
        }
    }
}

/// <summary>What the groups of a pattern capture. Safe for concurrent use.</summary>
public sealed class Re2Captures
{
    private readonly Regex _regex;
    private readonly IReadOnlyList<int> _groups;

    internal Re2Captures(Regex regex, IReadOnlyList<int> groups) => (_regex, _groups) = (regex, groups);

    /// <summary>The first match, then its groups in order, empty where one took no part; nothing where there is no match.</summary>
    public IReadOnlyList<string> Match(string text)
    {
        var match = _regex.Match(text);
        return match.Success ? [match.Value, .. _groups.Select(g => match.Groups[g].Value)] : [];
    }

    /// <summary>The text with all matches replaced by what <paramref name="replacement"/> makes of them, each as <see cref="Match"/> gives it.</summary>
    public string Replace(string text, Func<IReadOnlyList<string>, string> replacement) =>
        _regex.Replace(text, match => replacement([match.Value, .. _groups.Select(g => match.Groups[g].Value)]));
}

/// <summary>What is wrong with a pattern, for the one who wrote it.</summary>
public sealed class Re2SyntaxException(string message, Exception? cause = null) : Exception(message, cause);
