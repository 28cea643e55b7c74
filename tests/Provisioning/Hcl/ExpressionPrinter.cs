using System.Text;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Tests.Hcl;

/// <summary>Expressions as text, each part in parentheses that the tree has not, so that only its form counts.</summary>
internal static class ExpressionPrinter
{
    private static readonly Dictionary<TokenKind, string> Operators = new()
    {
        [TokenKind.Plus] = "+", [TokenKind.Minus] = "-", [TokenKind.Star] = "*", [TokenKind.Slash] = "/", [TokenKind.Percent] = "%",
        [TokenKind.And] = "&&", [TokenKind.Or] = "||", [TokenKind.EqualEqual] = "==", [TokenKind.NotEqual] = "!=", [TokenKind.Less] = "<",
        [TokenKind.LessEqual] = "<=", [TokenKind.Greater] = ">", [TokenKind.GreaterEqual] = ">=", [TokenKind.Bang] = "!",
    };

    public static string Print(Expression expression) => expression switch
    {
        LiteralExpression { Value: HclString text } => Quote(text.Text),
        LiteralExpression literal => ValueJson.Write(literal.Value),
        ReferenceExpression reference => reference.Root + Steps(reference.Steps),
        TraversalExpression traversal => Print(traversal.From) + Steps(traversal.Steps),
        IndexExpression index => $"{Print(index.From)}[{Print(index.Key)}]",
        SplatExpression splat => $"{Print(splat.From)}{(splat.Element.Range.Text.StartsWith('.') ? ".*" : "[*]")}{Print(splat.Each)}",
        ElementExpression => "",
        CallExpression call => $"{call.Name}({string.Join(", ", call.Arguments.Select(Print))}{(call.ExpandsLast ? "..." : "")})",
        ConditionalExpression conditional => $"{Print(conditional.Condition)} ? {Print(conditional.WhenTrue)} : {Print(conditional.WhenFalse)}",
        BinaryExpression binary => $"{Print(binary.Left)} {Operators[binary.Operator]} {Print(binary.Right)}",
        UnaryExpression unary => Operators[unary.Operator] + Print(unary.Operand),
        ParenthesesExpression parentheses => $"({Print(parentheses.Inner)})",
        TupleExpression tuple => $"[{string.Join(", ", tuple.Elements.Select(Print))}]",
        ObjectExpression entries => $"{{ {string.Join(", ", entries.Items.Select(item => $"{Print(item.Key)} = {Print(item.Value)}"))} }}",
        ForExpression loop => For(loop),
        TemplateExpression template => $"\"{string.Concat(template.Parts.Select(Part))}\"",
        WrapExpression wrap => $"\"${{{Print(wrap.Inner)}}}\"",
        JoinExpression join => $"\"{Part(join)}\"",
        _ => throw new InvalidOperationException(expression.GetType().Name),
    };

    private static string For(ForExpression loop)
    {
        var names = loop.KeyName is null ? loop.ValueName : $"{loop.KeyName}, {loop.ValueName}";
        var condition = loop.Condition is null ? "" : $" if {Print(loop.Condition)}";
        return loop.Key is null
            ? $"[for {names} in {Print(loop.Collection)} : {Print(loop.Value)}{condition}]"
            : $"{{for {names} in {Print(loop.Collection)} : {Print(loop.Key)} => {Print(loop.Value)}{(loop.Groups ? "..." : "")}{condition}}}";
    }

    /// <summary>What stands between the quotes.</summary>
    private static string Part(Expression part) => part switch
    {
        // An empty text beside a sequence makes a text of it, and a text in a sequence is no text beside it.
        LiteralExpression { Value: HclString { Text: "" } } => "${\"\"}",
        LiteralExpression { Value: HclString text } when !part.Range.Text.StartsWith('"') => Quote(text.Text)[1..^1],
        TemplateExpression inner when !part.Range.Text.StartsWith('"') => string.Concat(inner.Parts.Select(Part)),
        ConditionalExpression { WhenTrue: TemplateExpression or LiteralExpression, WhenFalse: TemplateExpression or LiteralExpression } choice
            when choice.Range.Text.StartsWith("%{", StringComparison.Ordinal) =>
            $"%{{ if {Print(choice.Condition)} }}{Part(choice.WhenTrue)}%{{ else }}{Part(choice.WhenFalse)}%{{ endif }}",
        JoinExpression join => $"%{{ for {(join.Parts.KeyName is { } key ? key + ", " : "")}{join.Parts.ValueName} in {Print(join.Parts.Collection)} }}{Part(join.Parts.Value)}%{{ endfor }}",
        _ => $"${{{Print(part)}}}",
    };

    private static string Steps(IReadOnlyList<TraversalStep> steps) => string.Concat(steps.Select(step => step switch
    {
        AttributeStep attribute => "." + attribute.Name,
        IndexStep { Key: HclString key } => $"[{Quote(key.Text)}]",
        IndexStep index => $"[{ValueJson.Write(index.Key)}]",
        _ => throw new InvalidOperationException(step.GetType().Name),
    }));

    private static string Quote(string text)
    {
        var result = new StringBuilder("\"");
        for (var i = 0; i < text.Length; i++)
        {
            result.Append(text[i] switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '"' => "\\\"",
                '\\' => "\\\\",
                '$' or '%' when i + 1 == text.Length => $"\\u{(int)text[i]:x4}", // a sequence may follow
                '$' or '%' when i + 1 < text.Length && text[i + 1] == '{' => text[i].ToString() + text[i],
                var other => other.ToString(),
            });
        }

        return result.Append('"').ToString();
    }
}
