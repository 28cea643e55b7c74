namespace Saas.Identity.Access;

/// <summary>
/// The patterns of policies: <c>*</c> matches any run of characters, also none and also <c>/</c>; every other
/// character matches itself.
/// </summary>
public static class Glob
{
    /// <summary>
    /// Linear in practice and quadratic at worst: on a mismatch only the last <c>*</c> is tried again, which is enough
    /// because an earlier one could not do better.
    /// </summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].Trim('*').IsEmpty;
    }

    /// <summary>
    /// Whether everything <paramref name="inner"/> matches is matched by <paramref name="outer"/>. A star of the inner
    /// pattern is a character that only a star of the outer one matches, so matching answers the question.
    /// </summary>
    public static bool Covers(string outer, string inner) => Matches(outer, inner);

    /// <summary>Whether some text is matched by both.</summary>
    public static bool Overlap(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        if (left.IsEmpty)
        {
            return right.Trim('*').IsEmpty;
        }

        if (right.IsEmpty)
        {
            return left.Trim('*').IsEmpty;
        }

        // Reachable positions in the right pattern, row by row of the left one: no exponential backtracking.
        var row = new bool[right.Length + 1];
        row[0] = true;
        for (var r = 1; r <= right.Length; r++)
        {
            row[r] = row[r - 1] && right[r - 1] == '*';
        }

        var next = new bool[right.Length + 1];
        for (var l = 1; l <= left.Length; l++)
        {
            next[0] = row[0] && left[l - 1] == '*';
            for (var r = 1; r <= right.Length; r++)
            {
                next[r] = left[l - 1] == '*' || right[r - 1] == '*'
                    ? row[r] || next[r - 1] || row[r - 1]
                    : row[r - 1] && left[l - 1] == right[r - 1];
            }

            (row, next) = (next, row);
        }

        return row[right.Length];
    }
}
