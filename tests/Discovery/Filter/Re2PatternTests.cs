using Saas.Discovery.Filter.Patterns;

namespace Saas.Discovery.Tests.Filter;

/// <summary>Patterns of RE2's syntax: rows of pattern, a text that matches, a text that does not.</summary>
public sealed class Re2PatternTests
{
    public static readonly TheoryData<string, string, string> Patterns = new()
    {
        { "b", "abc", "axc" },
        { "^b", "bc", "abc" },
        { "b$", "ab", "ab\n" },
        { "(?m)^b$", "a\nb\nc", "a\nbc" },
        { "(?m:b$)c?", "b\na", "ba" },
        { "((?m)a)b$", "ab", "ab\n" },
        { "a.c", "abc", "a\nc" },
        { "(?s)a.c", "a\nc", "ac" },
        { "(?i)abc", "aBC", "abd" },
        { "(?i:a)b", "Ab", "AB" },
        { "(?i-s:A.)", "ab", "a\n" },
        { "(?U)a+?b", "aab", "b" },
        { @"^\d+$", "123", "١٢" },
        { @"^\w$", "_", "é" },
        { @"^\W$", "é", "a" },
        { @"^\s$", "\t", "\u00A0" },
        { @"^\S$", "\u00A0", " " },
        { @"^[\d.]+$", "1.2", "1,2" },
        { @"^[^\D]$", "1", "a" },
        { @"\bweb\b", "a web b", "webs" },
        { @"^\pL\PL$", "é1", "11" },
        { @"^\p{Lu}\p{^Lu}$", "Éé", "éÉ" },
        { "^[[:alpha:]_]+$", "a_b", "a1" },
        { "^[]a]$", "]", "[" },
        { "^[[:alpha]$", ":", "b" },
        { "^[^]a]$", "b", "]" },
        { "^[a-c-]$", "-", "d" },
        { "^[a[]$", "[", "]" },
        { @"^[\]\\]$", "\\", "[" },
        { "^(?P<name>a|b)c$", "bc", "cc" },
        { "^(?<name>a)$", "a", "b" },
        { @"^\Qa.b\E.$", "a.bc", "axbc" },
        { @"\Q+", "a+", "a" },
        { @"^\x41\x{1F600}\101\n$", "A😀A\n", "A😀A" },
        { "^😀+$", "😀😀", "x" },
        { @"^\.\-\_\/$", ".-_/", "a-_/" },
        { "^a{2,3}$", "aaa", "aaaa" },
        { "^a{2,}?$", "aaaaa", "a" },
        { "^a{,2}$", "a{,2}", "aa" },
        { "^a{x}$", "a{x}", "a" },
        { "^a #$", "a #", "a#" },
        { "^(a|)$", "", "b" },
        { "^(?:a*)*$", "aaa", "b" },
        { "^a(?:1{1,2}|)+1$", "a1", "a" },
        { "", "anything", "" },
    };

    [Theory]
    [MemberData(nameof(Patterns))]
    public void Compile_Pattern_MatchesWhatRe2Would(string pattern, string matching, string other)
    {
        var compiled = Re2Pattern.Compile(pattern);
        Assert.Matches(compiled, matching);
        if (pattern.Length > 0)
        {
            Assert.DoesNotMatch(compiled, other);
        }
    }

    [Theory]
    [InlineData("a(b", "missing closing ): `a(b`")]
    [InlineData("a)b", "unexpected ): `a)b`")]
    [InlineData("[a", "missing closing ]: `[a`")]
    [InlineData("[", "missing closing ]: `[`")]
    [InlineData("[a-", "missing closing ]: `[a-`")]
    [InlineData("[z-a]", "invalid character class range: `z-a`")]
    [InlineData("[[:nope:]]", "invalid character class range: `[:nope:]`")]
    [InlineData("[\\x{1F600}]", "character beyond U+FFFF in a class: `\\x{1F600}`")]
    [InlineData("*", "missing argument to repetition operator: `*`")]
    [InlineData("(|+)", "missing argument to repetition operator: `+`")]
    [InlineData("(?i)?", "missing argument to repetition operator: `?`")]
    [InlineData("a**", "invalid nested repetition operator: `**`")]
    [InlineData("a{2}{3}", "invalid nested repetition operator: `{2}{3}`")]
    [InlineData("a{3,2}", "invalid repeat count: `{3,2}`")]
    [InlineData("a{1001}", "invalid repeat count: `{1001}`")]
    [InlineData("((a{10}){10}){11}", "expression too large")]
    [InlineData("(?=a)", "invalid or unsupported Perl syntax: `(?=`")]
    [InlineData("(?<!a)", "invalid named capture: `(?<`")]
    [InlineData("(?>a)", "invalid or unsupported Perl syntax: `(?>`")]
    [InlineData("(?x)a", "invalid or unsupported Perl syntax: `(?x`")]
    [InlineData("(?", "invalid or unsupported Perl syntax: `(?`")]
    [InlineData("(?P<a b>x)", "invalid named capture: `(?P<a b>`")]
    [InlineData(@"(a)\1", @"invalid escape sequence: `\1`")]
    [InlineData(@"\y", @"invalid escape sequence: `\y`")]
    [InlineData(@"\x{110000}", @"invalid escape sequence: `\x{110000}`")]
    [InlineData(@"\xg0", @"invalid escape sequence: `\xg0`")]
    [InlineData(@"a\", "trailing backslash at end of expression: ``")]
    [InlineData(@"\p", @"invalid character class range: `\p`")]
    [InlineData(@"\p{Greek}", @"invalid character class range: `\p{Greek}`")]
    [InlineData(@"\p{L", @"invalid character class range: `\p{`")]
    public void Compile_NoPattern_SaysWhy(string pattern, string expected) =>
        Assert.Equal(expected, Assert.Throws<Re2SyntaxException>(() => Re2Pattern.Compile(pattern)).Message);

    [Theory]
    [InlineData("(a+)(b)?", "aab a", "[aa|b] [a|]")]
    [InlineData("(?:x)(?P<n>y)", "xyxy", "[y][y]")]
    public void ReplacesAllMatchesByWhatTheirGroupsGive(string pattern, string text, string expected) =>
        Assert.Equal(expected, Re2Pattern.CompileCapturing(pattern).Replace(text, groups => $"[{string.Join('|', groups.Skip(1))}]"));
}
