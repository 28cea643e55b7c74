namespace Saas.Provisioning.Tests.Hcl;

public sealed class TemplateTests
{
    [Theory]
    [InlineData("\"a${1 + 1}b\"", "a2b")]
    [InlineData("\"\"", "")]
    [InlineData(@"""\n\r\t\""\\\u00e9\U0001F600""", "\n\r\t\"\\é😀")]
    [InlineData("\"$${a} %%{b} $ % {\"", "${a} %{b} $ % {")]
    [InlineData("\"$$${1}\"", "$${1}")]
    [InlineData("\"${\"${\"x\"}\"}\"", "x")]
    [InlineData("\"<${ {a = 1}.a }>\"", "<1>")]
    [InlineData("\"%{ if var.flag }on%{ else }off%{ endif }\"", "on")]
    [InlineData("\"%{ if !var.flag }on%{ endif }.\"", ".")]
    [InlineData("\"%{ for v in var.list }<${v}>%{ endfor }\"", "<a><b><c>")]
    [InlineData("\"%{ for i, v in var.list }${i}${v} %{ endfor }\"", "0a 1b 2c ")]
    [InlineData("\"a  ${~ 1 ~}  b\"", "a1b")]
    [InlineData("\"a %{~ if true ~} x %{~ endif ~} b\"", "axb")]
    public void Quoted(string text, string expected) => Assert.Equal(expected, ((Saas.Provisioning.Hcl.Values.HclString)HclText.Value(text)).Text);

    [Theory]
    [InlineData("<<EOF\n  a\n b\nEOF\n", "  a\n b\n")]
    [InlineData("<<EOF\nEOF\n", "")]
    [InlineData("<<-EOF\n    a\n      b\n\n    c\n    EOF\n", "a\n  b\n\nc\n")]
    [InlineData("<<-EOF\n    ${var.name}\n      b\n  EOF\n", "web\n  b\n")]
    [InlineData("<<-EOF\n  a\n ${\"   x\"}\n  EOF\n", " a\n   x\n")]
    [InlineData("<<EOF\r\na\r\nEOF\r\n", "a\r\n")]
    [InlineData("<<EOF\n\\n $${x} \"q\"\nEOF\n", "\\n ${x} \"q\"\n")]
    [InlineData("<<EOF\n%{ for v in var.list ~}\n- ${v}\n%{ endfor ~}\nEOF\n", "- a\n- b\n- c\n")]
    [InlineData("<<EOF\na EOF\nEOFX\nEOF\n", "a EOF\nEOFX\n")]
    [InlineData("<<EOF\nlast\nEOF", "last\n")]
    public void Heredocs(string text, string expected) => Assert.Equal(expected, ((Saas.Provisioning.Hcl.Values.HclString)HclText.Value(text)).Text);

    [Fact]
    public void A_sequence_alone_keeps_its_type()
    {
        Assert.Equal("3", HclText.Json("\"${var.n}\""));
        Assert.Equal("[1,2]", HclText.Json("\"${var.objects[*].id}\""));
        Assert.Equal("\"3\"", HclText.Json("\"${var.n}${\"\"}\""));
    }

    [Theory]
    [InlineData("\"plain\"")]
    [InlineData("\"foo-${BAR}\"")]
    [InlineData("\"foo-${attr.network.dev-us-east1-relay-vpc.external-ip.0}\"")]
    [InlineData("\"${env[\"BLAH\"]}\"")]
    [InlineData("\"${mixed-indexing.0[3][\"FOO\"].5}\"")]
    [InlineData("\"with spaces ${   root.  field[  \"FOO\"].5  }\"")]
    [InlineData("\"${NOMAD_PORT_http}:${node.unique.name}/${meta.rack}\"")]
    [InlineData("\"${ a }  }\"")]
    public void Names_that_nothing_here_knows_stay_as_they_are_written(string text) =>
        Assert.Equal(text[1..^1], ((Saas.Provisioning.Hcl.Values.HclString)HclText.Value(text)).Text);

    [Theory]
    [InlineData("meta.mytest", "${meta.mytest}")]
    [InlineData("upper(node.class)", "${NODE.CLASS}")]
    [InlineData("[node.datacenter][0]", "${node.datacenter}")]
    public void Outside_of_a_template_they_get_a_sequence(string text, string expected) =>
        Assert.Equal(expected, ((Saas.Provisioning.Hcl.Values.HclString)HclText.Value(text)).Text);

    [Theory]
    [InlineData("\"abc", "t.hcl:1,1-2: Unterminated template string")]
    [InlineData("\"a\nb\"", "t.hcl:1,3-2,1: Invalid multi-line string")]
    [InlineData("\"${1\"", "t.hcl:1,5-6: Unterminated template string")]
    [InlineData("\"${1 2}\"", "t.hcl:1,6-7: Extra characters after interpolation expression")]
    [InlineData("\"${", "t.hcl:1,2-4: Unclosed template interpolation sequence")]
    [InlineData(@"""\q""", "t.hcl:1,2-4: Invalid escape sequence")]
    [InlineData(@"""\u12""", "Invalid escape sequence")]
    [InlineData(@"""\ud800""", "Invalid escape sequence")]
    [InlineData("<<EOF\nabc\n", "Unterminated template string")]
    [InlineData("<<EOF abc", "A heredoc begins with")]
    [InlineData("\"%{ if true }x\"", "missing its corresponding endif directive")]
    [InlineData("\"%{ endif }\"", "Unexpected endif directive")]
    [InlineData("\"%{ for v in [] }%{ endif }\"", "Unexpected endif directive")]
    [InlineData("\"%{ if true }%{ else }%{ else }%{ endif }\"", "Unexpected else directive")]
    [InlineData("\"%{ nope }\"", "Invalid template control keyword")]
    [InlineData("\"%{ if true x }%{ endif }\"", "Extra characters in template directive")]
    [InlineData("\"é😀${nope2(1)}\"", "t.hcl:1,6-11")]
    public void What_is_no_template_is_told_where(string text, string fault) => Assert.Contains(fault, HclText.Fault(text), StringComparison.Ordinal);
}
