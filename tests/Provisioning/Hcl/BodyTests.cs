using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;

namespace Saas.Provisioning.Tests.Hcl;

public sealed class BodyTests
{
    [Fact]
    public void Blocks_attributes_and_comments()
    {
        var body = Parse(
            """
            # one
            a = 1 // two
            /* three
            */ block "label" other { b = 2 }
            block {
              c = [
                1, # within
                2,
              ]

              inner {}
            }
            """);

        Assert.Equal(["a"], body.Attributes.Select(attribute => attribute.Name));
        Assert.Equal(["label", "other"], body.Blocks[0].Labels.Select(label => label.Text));
        Assert.Equal("b", Assert.Single(body.Blocks[0].Body.Attributes).Name);
        Assert.Equal("inner", Assert.Single(body.Blocks[1].Body.Blocks).Type);
        Assert.Equal("t.hcl:5,1-6", body.Blocks[1].TypeRange.ToString());
    }

    [Theory]
    [InlineData("a = 1\na = 2", "t.hcl:2,1-2: Attribute redefined; The argument \"a\" was already set at t.hcl:1,1-2.")]
    [InlineData("a {", "t.hcl:1,1-2: Unclosed configuration block")]
    [InlineData("\"a\" = 1", "t.hcl:1,1-2: Invalid argument name")]
    [InlineData("a", "t.hcl:1,1-2: Argument or block definition required")]
    [InlineData("a = 1 b = 2", "t.hcl:1,7-8: Missing newline after argument; The line must end after an argument.")]
    [InlineData("a = 1, b = 2", "t.hcl:1,6-7: Unexpected comma after argument")]
    [InlineData("a { b = 1, c = 2 }", "t.hcl:1,10-11: Invalid single-argument block definition")]
    [InlineData("a { b {} }", "t.hcl:1,5-6: Argument definition required")]
    [InlineData("a {} b {}", "t.hcl:1,6-7: Missing newline after block definition; The line must end after a block definition.")]
    [InlineData("a \"${b}\" {}", "t.hcl:1,4-6: Invalid string literal")]
    [InlineData("a \"x\" = 1", "t.hcl:1,7-8: Invalid block definition")]
    [InlineData("a \"x\"\n{}", "Invalid block definition")]
    [InlineData("}", "t.hcl:1,1-2: Argument or block definition required")]
    [InlineData("/* a", "t.hcl:1,1-3: Unterminated comment")]
    [InlineData("a = ?", "t.hcl:1,5-6: Invalid expression")]
    [InlineData("a = \u0001", "t.hcl:1,5-6: Invalid character")]
    [InlineData("invalid{hcl", "t.hcl:1,9-12: Argument definition required")]
    public void What_is_no_file_is_told_where(string text, string fault) =>
        Assert.Contains(fault, Assert.ThrowsAny<HclException>(() => Parse(text)).Message, StringComparison.Ordinal);

    private static Body Parse(string text) => HclParser.ParseFile(new SourceText("t.hcl", text));
}
