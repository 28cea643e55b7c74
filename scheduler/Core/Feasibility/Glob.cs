namespace Saas.Scheduler.Core.Feasibility;

/// <summary>Names of datacenters: <c>*</c> stands for any text, everything else for itself.</summary>
internal static class Glob
{
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        // On a mismatch only the last star may take one character more, so this is at most quadratic, never exponential.
        var (inPattern, inText, star, starText) = (0, 0, -1, 0);
        while (inText < text.Length)
        {
            if (inPattern < pattern.Length && pattern[inPattern] == '*')
            {
                (star, starText) = (inPattern++, inText);
            }
            else if (inPattern < pattern.Length && pattern[inPattern] == text[inText])
            {
                inPattern++;
                inText++;
            }
            else if (star >= 0)
            {
                inPattern = star + 1;
                inText = ++starText;
            }
            else
            {
                return false;
            }
        }

        return pattern[inPattern..].IndexOfAnyExcept('*') < 0;
    }
}
