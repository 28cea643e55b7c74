using System.Text.RegularExpressions;
using Saas.Identity.Access;

namespace Saas.Identity.Tests.Access;

public class GlobTests
{
    [Theory]
    [InlineData("*", "")]
    [InlineData("*", "project/prj_1/job/web")]
    [InlineData("jobs:*", "jobs:submit")]
    [InlineData("project/*/job/*", "project/prj_1/job/web")]
    [InlineData("*:read", "jobs:read")]
    [InlineData("a*b*c", "axxbyyc")]
    [InlineData("a*bc", "abcbc")]
    public void Matches_TextOfThePattern_True(string pattern, string text) => Assert.True(Glob.Matches(pattern, text));

    [Theory]
    [InlineData("", "a")]
    [InlineData("jobs:*", "jobsx:submit")]
    [InlineData("jobs:submit", "jobs:submitted")]
    [InlineData("*:read", "jobs:reads")]
    [InlineData("a*b*c", "axxcyyb")]
    [InlineData("[ab]", "a")]
    [InlineData("a?c", "abc")]
    public void Matches_OtherText_False(string pattern, string text) => Assert.False(Glob.Matches(pattern, text));

    /// <summary>All patterns and texts of up to four characters over a small alphabet, against regular expressions.</summary>
    [Fact]
    public void Matches_EveryShortPatternAndText_AsARegularExpressionDoes()
    {
        var texts = Words("ab", 4).ToArray();
        foreach (var pattern in Words("ab*", 4))
        {
            var expected = Expression(pattern);
            Assert.All(texts, text => Assert.Equal(expected.IsMatch(text), Glob.Matches(pattern, text)));
        }
    }

    [Fact]
    public void OverlapAndCovers_EveryShortPairOfPatterns_AgreeWithTheTextsTheyMatch()
    {
        // Texts long enough to witness any overlap of patterns this short; 'z' stands for characters neither names.
        var texts = Words("az", 6).ToArray();
        var patterns = Words("a*", 3).ToArray();
        var matched = patterns.ToDictionary(p => p, p => texts.Where(t => Glob.Matches(p, t)).ToHashSet());
        foreach (var left in patterns)
        {
            foreach (var right in patterns)
            {
                Assert.True(matched[left].Overlaps(matched[right]) == Glob.Overlap(left, right), $"overlap of {left} and {right}");
                Assert.True(matched[left].IsSupersetOf(matched[right]) == Glob.Covers(left, right), $"{left} covers {right}");
            }
        }
    }

    [Fact]
    public void Matches_PatternMadeToBacktrack_EndsAtOnce()
    {
        var pattern = string.Concat(Enumerable.Repeat("*a", 100)) + "b";
        Assert.False(Glob.Matches(pattern, new string('a', 20_000)));
    }

    private static IEnumerable<string> Words(string alphabet, int maxLength) =>
        Enumerable.Range(0, maxLength + 1).SelectMany(length =>
            Enumerable.Range(0, (int)Math.Pow(alphabet.Length, length)).Select(n =>
                string.Concat(Enumerable.Range(0, length).Select(i => alphabet[n / (int)Math.Pow(alphabet.Length, i) % alphabet.Length]))));

    private static Regex Expression(string pattern) =>
        new("^" + Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal) + "\\z", RegexOptions.NonBacktracking);
}
