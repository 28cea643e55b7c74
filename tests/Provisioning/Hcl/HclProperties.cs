using FsCheck;
using FsCheck.Fluent;
using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Jobspec;

namespace Saas.Provisioning.Tests.Hcl;

/// <summary>Whatever the text is, it is read or refused; and what is read of an expression is all that it says.</summary>
public sealed class HclProperties
{
    private static readonly string[] Pieces =
    [
        "a", "var", "local", ".", "[", "]", "{", "}", "(", ")", "\"", "${", "%{", "~}", "$${", "\\", "\n", "\r\n", " ", "\t", "=", "==", "!", "=>", "?", ":", ",",
        "...", "*", "+", "-", "/", "%", "<<EOF\n", "<<-X\n", "EOF", "X\n", "#", "//", "/*", "*/", "for", "in", "if", "else", "endif", "endfor", "true", "null", "1", "0.5",
        "1e5", "é", "😀", "\0", "\ud800", "upper(", "jsonencode(", "range(", "dynamic", "content", "for_each", "job \"x\"", "group \"g\"", "task \"t\"", "config", "meta",
        "variable \"v\"", "default", "locals", "constraint", "&&", "||", ">", "<", "'", "`", ";",
    ];

    private static readonly string[] Names = ["a", "var", "x-y", "_z", "é"];
    private static readonly string[] Texts = ["", "x", "${", "%{", "a$", "\n\t\r", "\"\\", "é😀", "$${", "{"];

    [Fact]
    public void AnyTextIsReadOrRefused() => Prop.ForAll(Gen.ListOf(Gen.Elements(Pieces)).ToArbitrary(), static pieces =>
    {
        var text = string.Concat(pieces);
        var error = Record.Exception(() =>
        {
            foreach (var token in HclParser.ParseFile(new SourceText("t.hcl", text)).Attributes)
            {
                _ = token.Range.ToString();
            }
        });
        return (error is null or HclException) && JobFile.Read(text, text) is { Job: null, Faults.Count: > 0 } or { Job: not null };
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(60));

    [Fact]
    public void AnyTextAsAnArgumentIsReadOrRefused() => Prop.ForAll(Gen.ListOf(Gen.Elements(Pieces)).ToArbitrary(), static pieces =>
    {
        var text = $"locals {{\n b = {string.Concat(pieces)}\n}}\njob \"x\" {{\n name = {string.Concat(pieces)}\n}}\n";
        return JobFile.Read(text, null) is { Job: null, Faults.Count: > 0 } or { Job: not null };
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(30));

    [Fact]
    public void APrintedExpressionIsReadAsTheSame() => Prop.ForAll(Expressions(4).ToArbitrary(), static text =>
    {
        var printed = ExpressionPrinter.Print(HclText.Parse(text));
        var again = ExpressionPrinter.Print(HclText.Parse(printed));
        return (printed == again).Label($"{text}\n{printed}\n{again}");
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void APrintedExpressionMeansTheSame() => Prop.ForAll(Expressions(4).ToArbitrary(), static text =>
    {
        var (before, after) = (Outcome(text), Outcome(ExpressionPrinter.Print(HclText.Parse(text))));
        return (before == after).Label($"{text}\n{before}\n{after}");
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    private static string Outcome(string text)
    {
        try
        {
            return HclText.Json(text.Replace("x-y", "var", StringComparison.Ordinal));
        }
        catch (HclException error)
        {
            return error.Diagnostic.Summary;
        }
    }

    private static Gen<string> Expressions(int depth) => depth == 0 ? Leaves() : Gen.OneOf(
        Leaves(),
        from inner in Expressions(depth - 1) select $"({inner})",
        from sign in Gen.Elements("-", "!") from inner in Expressions(depth - 1) select $"{sign}({inner})",
        from left in Expressions(depth - 1)
        from symbol in Gen.Elements("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||")
        from right in Expressions(depth - 1)
        select $"{left} {symbol} {right}",
        from a in Expressions(depth - 1) from b in Expressions(depth - 1) from c in Expressions(depth - 1) select $"{a} ? {b} : {c}",
        from parts in Gen.ListOf(Expressions(depth - 1)) select $"[{string.Join(",\n ", parts.Take(3))}]",
        from keys in Gen.SubListOf(Names) from value in Expressions(depth - 1) select $"{{{string.Join(",\n", keys.Select(key => $"{key} : {value}"))}}}",
        from name in Gen.Elements("upper", "length", "jsonencode", "try", "can", "max", "concat", "nope")
        from arguments in Gen.ListOf(Expressions(depth - 1))
        select $"{name}({string.Join(", ", arguments.Take(3))})",
        from whole in Expressions(depth - 1) from key in Expressions(depth - 1) select $"({whole})[{key}]",
        from whole in Expressions(depth - 1) from step in Gen.Elements("[*]", ".*", ".a", "[0]", "[\"x\"]", "[*].a[0]", ".*.a") select $"({whole}){step}",
        from collection in Expressions(depth - 1)
        from value in Expressions(depth - 1)
        from form in Gen.Elements("[for a in {0} : {1}]", "[for k, a in {0} : {1} if can(a)]", "{{for k, a in {0} : k => {1}}}", "{{for a in {0} : \"x\" => {1}...}}")
        select string.Format(form, collection, value),
        from text in Gen.Elements(Texts)
        from inner in Expressions(depth - 1)
        from form in Gen.Elements("${{{0}}}", "${{~ {0} ~}}", "a${{{0}}}b", "%{{ if {0} }}y%{{ else }}${{{0}}}%{{ endif }}", "%{{ for v in {0} ~}} ${{v}} %{{ endfor }}")
        select $"\"{Escape(text.TrimEnd('$'))}{string.Format(form, inner.Replace("\n", " ", StringComparison.Ordinal))}\"");

    private static Gen<string> Leaves() => Gen.OneOf(
        Gen.Elements("0", "17", "2.5", "1e3", "true", "false", "null", "var.list", "var.map", "var.objects", "var.n", "texts", "unique", "a.b[0]", "x-y.list.0"),
        from name in Gen.Elements(Names) select name,
        from text in Gen.Elements(Texts) select $"\"{Escape(text)}\"");

    private static string Escape(string text) => text
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)
        .Replace("\t", "\\t", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal)
        .Replace("${", "$${", StringComparison.Ordinal).Replace("%{", "%%{", StringComparison.Ordinal);
}
