using System.Text.RegularExpressions;

namespace Saas.Discovery.Filter.Patterns;

/// <summary>
/// Regular expressions in RE2's syntax, which Consul's filters are written in, run by .NET's engine without backtracking:
/// time is linear in the text, whatever the pattern. Known to differ: <c>\b</c> knows the letters of all of Unicode; a
/// character beyond U+FFFF counts as two to <c>.</c> and to classes; there are no scripts (<c>\p{Greek}</c>), and no such
/// characters in classes: these are refused.
/// </summary>
internal static class Re2Pattern
{
    /// <exception cref="Re2SyntaxException">It is none of RE2's, or it is too large.</exception>
    public static Regex Compile(string pattern)
    {
        if (pattern.Length > FilterLimits.PatternCharacters)
        {
            throw new Re2SyntaxException($"expression of {pattern.Length} characters exceeds the limit ({FilterLimits.PatternCharacters})");
        }

        try
        {
            return new Regex(
                new Re2Translator(pattern).Translate(),
                RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new Re2SyntaxException(error.Message, error);
        }
    }
}

/// <summary>What is wrong with a pattern, for the one who wrote it.</summary>
internal sealed class Re2SyntaxException(string message, Exception? cause = null) : Exception(message, cause);
