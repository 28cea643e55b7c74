using System.Text;
using Saas.Provisioning.Hcl;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;

namespace Saas.Provisioning.Tests.Hcl;

/// <summary>What a text costs is bounded, its stack, its memory and its work, and it is told that it went beyond.</summary>
public sealed class LimitTests
{
    public static TheoryData<string, string> Nested() => new()
    {
        { "parentheses", new string('(', 100_000) },
        { "brackets", new string('[', 100_000) },
        { "closed brackets", new string('[', 100_000) + new string(']', 100_000) },
        { "braces", string.Concat(Enumerable.Repeat("{a=", 100_000)) },
        { "templates", string.Concat(Enumerable.Repeat("\"${", 100_000)) },
        { "signs", new string('-', 100_000) + "1" },
        { "nots", new string('!', 100_000) + "true" },
        { "sum", "1" + string.Concat(Enumerable.Repeat("+1", 100_000)) },
        { "conditionals", string.Concat(Enumerable.Repeat("true?1:", 100_000)) + "1" },
        { "indexes", "a" + string.Concat(Enumerable.Repeat("[b+1]", 100_000)) },
        { "splats", "a" + string.Concat(Enumerable.Repeat("[*]", 100_000)) },
        { "calls", string.Concat(Enumerable.Repeat("f(", 100_000)) },
        { "directives", "\"" + string.Concat(Enumerable.Repeat("%{if true}", 50_000)) + "\"" },
        { "loops", string.Concat(Enumerable.Repeat("[for v in ", 50_000)) },
    };

    [Theory]
    [MemberData(nameof(Nested))]
    public void Nesting_is_bounded(string name, string text) => Assert.True(
        Record.Exception(() => HclText.Parse(text)) is HclException, name);

    [Theory]
    [InlineData("[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]]")]
    [InlineData("join(\"\", [for a in range(1000) : join(\"\", [for b in range(1000) : \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"])])")]
    [InlineData("[for a in range(1000) : [for b in range(1000) : can(absent.x.y)]]")]
    [InlineData("setproduct(range(1000), range(1000), range(1000))")]
    [InlineData("join(\"\", formatlist(\"%1000s%1000s%1000s%1000s%1000s\", range(1024), 2, 3, 4, 5))")]
    [InlineData("[for a in range(1000) : [for b in range(1000) : sha512(join(\",\", range(1000)))]]")]
    [InlineData("indent(1000, join(\"\\n\", [for a in range(1000) : join(\"\\n\", range(1000))]))")]
    [InlineData("try([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : 1]]], 1)")]
    [InlineData("[for a in range(1000) : regex_replace(join(\"\", [for b in range(1000) : \"aaaaaaaaaaaaaaaa\"]), \"(a*)*b\", \"\")]")]
    [InlineData("replace(join(\"\", range(1000)), \"\", join(\"\", range(1000)))")]
    public void Work_is_bounded(string text) => Assert.IsType<HclLimitException>(Record.Exception(() => HclText.Value(text)));

    [Fact]
    public void A_text_of_more_than_a_mebibyte_is_refused()
    {
        Assert.IsType<HclLimitException>(Record.Exception(() => HclText.Parse("\"" + new string('a', HclLimits.TextBytes) + "\"")));
        Assert.NotNull(HclText.Parse("\"" + new string('a', HclLimits.TextBytes - 2) + "\""));
    }

    [Fact]
    public void A_long_text_of_little_depth_is_read()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 20_000; i++)
        {
            text.Append('a').Append(i).Append(" = [1, \"x${b}\", { c = 2 }] # comment\n");
        }

        Assert.Equal(20_000, HclParser.ParseFile(new SourceText("t.hcl", text.ToString())).Attributes.Count);
    }

    /// <summary>Each of them takes minutes where something is looked through again for each of its parts.</summary>
    [Theory]
    [InlineData("<<E\n", "${a}", "\nE\n")]
    [InlineData("\"", "${a}", "\"")]
    [InlineData("<<-E\n", "a\n", "E\n")]
    [InlineData("[", "a,", "]")]
    [InlineData("{", "a=1\n", "}")]
    [InlineData("a", ".a", "")]
    [InlineData("a", "[0]", "")]
    [InlineData("f(", "a,", ")")]
    [InlineData("\"", "%{if true}%{endif}", "\"")]
    [InlineData("[", "1 /* a */,\n", "]")]
    public void A_text_at_its_limit_is_read_part_by_part(string start, string part, string end)
    {
        var count = (HclLimits.TextBytes - start.Length - end.Length) / part.Length;

        Assert.NotNull(HclText.Parse(start + string.Concat(Enumerable.Repeat(part, count)) + end));
    }

    [Fact]
    public void Blocks_nest_to_a_bound()
    {
        var text = string.Concat(Enumerable.Repeat("a {\n", 50_000));
        Assert.IsType<HclLimitException>(Record.Exception(() => HclParser.ParseFile(new SourceText("t.hcl", text))));
    }

    [Theory]
    [InlineData("jsondecode(\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\")")]
    public void Decoded_values_nest_to_a_bound(string text) => Assert.Contains("JSON", HclText.Fault(text), StringComparison.Ordinal);
}
