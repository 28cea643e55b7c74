using Saas.Contracts.Jobs;
using Saas.EdgeAgent.TaskFiles;

namespace Saas.EdgeAgent.Tests.TaskFiles;

public sealed class TemplateTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain } text { here", "plain } text { here")]
    [InlineData("a {{ env \"X\" }} b", "a <x> b")]
    [InlineData("a {{env `X`}}{{ env \"NOT\" }}b", "a <x>b")]
    [InlineData("a  {{- env \"X\" -}}  \n b", "a<x>b")]
    [InlineData("{{/* {{ no */}}a{{- /* it */ -}} b", "ab")]
    [InlineData("{{ \"{{\" }} {{ `\\n` }} {{ \"\\t\\\"\" }}", "{{ \\n \t\"")]
    public void Render_IsAsGoRendersIt(string text, string expected) =>
        Assert.Equal(expected, TemplateText.Parse(text).Render(static name => name == "X" ? "<x>" : null, 1000));

    [Theory]
    [InlineData("{{ key \"a\" }}", "\"key\"")]
    [InlineData("a\nb {{ with secret \"kv/x\" }}{{ end }}", "Line 2")]
    [InlineData("{{ range service \"web\" }}", "\"range\"")]
    [InlineData("{{ .Data }}", "\".Data\"")]
    [InlineData("{{ $x := 1 }}", "\"$x\"")]
    [InlineData("{{ env \"X\" | toLower }}", "pipeline")]
    [InlineData("{{ env \"X\" \"Y\" }}", "more than")]
    [InlineData("{{ env X }}", "quotes")]
    [InlineData("{{ env \"X }}", "does not end")]
    [InlineData("{{ env \"X\"", "does not end")]
    [InlineData("{{", "neither")]
    [InlineData("{{ /* x }}", "does not end")]
    [InlineData("{{ }}", "neither")]
    [InlineData("{{ 1 }}", "\"1\"")]
    public void Parse_OfWhatAsksForMore_SaysWhat(string text, string said) =>
        Assert.Contains(said, Assert.Throws<TemplateException>(() => TemplateText.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Render_BeyondItsLength_Fails() =>
        Assert.Throws<TemplateException>(() => TemplateText.Parse("{{ env \"X\" }}{{ env \"X\" }}").Render(static _ => new string('x', 60), 100));

    [Fact]
    public void Lines_AreReadAsShellsWriteThem()
    {
        const string Text = "# comment\n\nexport A=1\nB = two words # more\nC='a # \\n b'\nD=\"x\\ny\\\"\" # z\nE=\r\nF=a=b#c\n";
        Assert.Equal(
            ["A=1", "B=two words", "C=a # \\n b", "D=x\ny\"", "E=", "F=a=b#c"], DotEnv.Parse(Text).Select(static entry => $"{entry.Key}={entry.Value}"));
        foreach (var bad in (string[])["A", "1A=x", "A B=x", "A='x", "A=\"x\"y", "=x"])
        {
            Assert.Throws<FormatException>(() => DotEnv.Parse(bad).ToList());
        }
    }
}
