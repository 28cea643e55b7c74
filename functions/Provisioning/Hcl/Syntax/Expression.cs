using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Syntax;

/// <summary>A node of the syntax tree. The tree is never higher than <see cref="HclLimits.TreeHeight"/>, so it can be walked by recursion.</summary>
internal abstract record Expression(SourceRange Range)
{
    /// <summary>1 for a leaf.</summary>
    public int Height { get; private init; } = 1;

    /// <summary>This node over <paramref name="parts"/>.</summary>
    /// <exception cref="HclLimitException">The tree is too high.</exception>
    public Expression Over(params ReadOnlySpan<Expression?> parts)
    {
        var height = 1;
        foreach (var part in parts)
        {
            height = Math.Max(height, 1 + (part?.Height ?? 0));
        }

        return height <= HclLimits.TreeHeight
            ? this with { Height = height }
            : throw new HclLimitException(Range, $"The expression is nested, or chained, more than {HclLimits.TreeHeight} deep.");
    }
}

/// <summary>A number, <c>true</c>, <c>false</c>, <c>null</c>, or a string without sequences.</summary>
internal sealed record LiteralExpression(SourceRange Range, HclValue Value) : Expression(Range);

/// <summary>A name that is looked up: <c>var.x["y"].z</c>.</summary>
/// <param name="RootRange">The name alone; <see cref="Expression.Range"/> has the steps too.</param>
internal sealed record ReferenceExpression(SourceRange Range, string Root, SourceRange RootRange, IReadOnlyList<TraversalStep> Steps) : Expression(Range);

/// <summary>Fixed steps into what another expression gives.</summary>
internal sealed record TraversalExpression(SourceRange Range, Expression From, IReadOnlyList<TraversalStep> Steps) : Expression(Range);

/// <summary><c>collection[key]</c>, of a key that has to be evaluated.</summary>
internal sealed record IndexExpression(SourceRange Range, Expression From, Expression Key, SourceRange KeyRange) : Expression(Range);

/// <summary><c>list[*].a</c> or <c>list.*.a</c>.</summary>
/// <param name="Each">What is done with each element, which is <see cref="ElementExpression"/> in it.</param>
internal sealed record SplatExpression(SourceRange Range, Expression From, Expression Each, ElementExpression Element) : Expression(Range);

/// <summary>The element that a splat is at.</summary>
internal sealed record ElementExpression(SourceRange Range) : Expression(Range)
{
    // Each splat has its own: told apart by which it is, not by where it stands.
    public bool Equals(ElementExpression? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
}

internal sealed record CallExpression(
    SourceRange Range, string Name, SourceRange NameRange, IReadOnlyList<Expression> Arguments, bool ExpandsLast) : Expression(Range);

internal sealed record ConditionalExpression(SourceRange Range, Expression Condition, Expression WhenTrue, Expression WhenFalse) : Expression(Range);

internal sealed record BinaryExpression(SourceRange Range, TokenKind Operator, Expression Left, Expression Right) : Expression(Range);

/// <param name="Operator"><see cref="TokenKind.Minus"/> or <see cref="TokenKind.Bang"/>.</param>
internal sealed record UnaryExpression(SourceRange Range, TokenKind Operator, Expression Operand) : Expression(Range);

internal sealed record ParenthesesExpression(SourceRange Range, Expression Inner) : Expression(Range);

internal sealed record TupleExpression(SourceRange Range, IReadOnlyList<Expression> Elements) : Expression(Range);

internal sealed record ObjectExpression(SourceRange Range, IReadOnlyList<ObjectItem> Items) : Expression(Range);

/// <param name="Key">A bare name is the key itself, not a reference; in parentheses it is one.</param>
internal readonly record struct ObjectItem(Expression Key, Expression Value);

/// <param name="KeyName">Null: the key is not asked for.</param>
/// <param name="Key">Null: it makes a tuple, else an object.</param>
/// <param name="Groups">Values of the same key are collected (<c>...</c>).</param>
internal sealed record ForExpression(
    SourceRange Range, string? KeyName, string ValueName, Expression Collection, Expression? Key, Expression Value, Expression? Condition, bool Groups)
    : Expression(Range);

/// <summary>Text with sequences in it.</summary>
internal sealed record TemplateExpression(SourceRange Range, IReadOnlyList<Expression> Parts) : Expression(Range);

/// <summary><c>"${expression}"</c>: the value itself, of whatever type.</summary>
internal sealed record WrapExpression(SourceRange Range, Expression Inner) : Expression(Range);

/// <summary><c>%{ for }</c>: the texts of all elements in a row.</summary>
internal sealed record JoinExpression(SourceRange Range, ForExpression Parts) : Expression(Range);

/// <summary>One step into a value.</summary>
internal abstract record TraversalStep(SourceRange Range);

internal sealed record AttributeStep(SourceRange Range, string Name) : TraversalStep(Range);

/// <param name="Key">A number or a string.</param>
internal sealed record IndexStep(SourceRange Range, HclValue Key) : TraversalStep(Range);
