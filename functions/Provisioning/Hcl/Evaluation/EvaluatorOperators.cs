using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Syntax;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Evaluation;

/// <summary>Operators and conditionals.</summary>
internal sealed partial class Evaluator
{
    private HclValue Unary(UnaryExpression unary, Scope scope)
    {
        var operand = Evaluate(unary.Operand, scope);
        return unary.Operator == TokenKind.Minus
            ? ((HclNumber)OperandOf(operand, HclType.Number, unary.Operand.Range, "unary operand")).Negate()
            : HclBool.Of(!((HclBool)OperandOf(operand, HclType.Bool, unary.Operand.Range, "unary operand")).Value);
    }

    private HclValue Binary(BinaryExpression binary, Scope scope)
    {
        if (binary.Operator is TokenKind.And or TokenKind.Or)
        {
            // What the left side decides, the right side is not asked.
            var left = Flag(binary.Left, scope, "left operand");
            return left == (binary.Operator == TokenKind.Or) ? HclBool.Of(left) : HclBool.Of(Flag(binary.Right, scope, "right operand"));
        }

        var (one, other) = (Evaluate(binary.Left, scope), Evaluate(binary.Right, scope));
        if (binary.Operator is TokenKind.EqualEqual or TokenKind.NotEqual)
        {
            budget.Spend(Math.Min(one.Weight, other.Weight));
            return HclBool.Of(HclOrder.AreEqual(one, other) == (binary.Operator == TokenKind.EqualEqual));
        }

        var a = (HclNumber)OperandOf(one, HclType.Number, binary.Left.Range, "left operand");
        var b = (HclNumber)OperandOf(other, HclType.Number, binary.Right.Range, "right operand");
        try
        {
            return binary.Operator switch
            {
                TokenKind.Plus => a.Add(b),
                TokenKind.Minus => a.Subtract(b),
                TokenKind.Star => a.Multiply(b),
                TokenKind.Slash => a.Divide(b),
                TokenKind.Percent => a.Remainder(b),
                TokenKind.Less => HclBool.Of(a.CompareTo(b) < 0),
                TokenKind.LessEqual => HclBool.Of(a.CompareTo(b) <= 0),
                TokenKind.Greater => HclBool.Of(a.CompareTo(b) > 0),
                TokenKind.GreaterEqual => HclBool.Of(a.CompareTo(b) >= 0),
                _ => throw new InvalidOperationException($"Unknown operator {binary.Operator}."),
            };
        }
        catch (HclValueException error)
        {
            throw new HclException(binary.Range, "Operation failed", $"Error during operation: {error.Message}.");
        }
    }

    private bool Flag(Expression expression, Scope scope, string place) =>
        ((HclBool)OperandOf(Evaluate(expression, scope), HclType.Bool, expression.Range, place)).Value;

    private static HclValue OperandOf(HclValue value, HclType type, SourceRange range, string place)
    {
        try
        {
            return value.IsNull ? throw new HclValueException("argument must not be null") : Conversion.To(value, type);
        }
        catch (HclValueException error)
        {
            throw new HclException(range, "Invalid operand", $"Unsuitable value for {place}: {error.Message}.");
        }
    }

    /// <summary>
    /// Both sides have one type, which is why both are evaluated; a side that is not chosen may have no value, and then says
    /// nothing of the type.
    /// </summary>
    private HclValue Conditional(ConditionalExpression conditional, Scope scope)
    {
        var condition = Evaluate(conditional.Condition, scope);
        if (condition.IsNull)
        {
            throw new HclException(conditional.Condition.Range, "Null condition", "The condition value is null. Conditions must either be true or false.");
        }

        bool chosen;
        try
        {
            chosen = ((HclBool)Conversion.To(condition, HclType.Bool)).Value;
        }
        catch (HclValueException error)
        {
            throw new HclException(conditional.Condition.Range, "Incorrect condition type", $"The condition expression must be of type bool: {error.Message}.");
        }

        var value = Evaluate(chosen ? conditional.WhenTrue : conditional.WhenFalse, scope);
        return ValueOf(chosen ? conditional.WhenFalse : conditional.WhenTrue, scope) is { } other ? InOneType(value, other, conditional) : value;
    }

    private HclValue? ValueOf(Expression expression, Scope scope)
    {
        try
        {
            return Evaluate(expression, scope);
        }
        catch (HclException error) when (error is not HclLimitException)
        {
            budget.Spend(HclLimits.FailureUnits);
            return null;
        }
    }

    private HclValue InOneType(HclValue value, HclValue other, ConditionalExpression conditional)
    {
        if (value is HclSequence or HclMapping || other is HclSequence or HclMapping)
        {
            budget.Spend(value.Weight + other.Weight);
        }

        if (value.Type.Equals(other.Type))
        {
            return value;
        }

        var type = Unification.Of([value.Type, other.Type])
            ?? throw new HclException(
                conditional.Range,
                "Inconsistent conditional result types",
                $"The true and false result expressions must have consistent types; one is {value.Type}, the other {other.Type}.");
        return type is AnyType ? value : Conversion.To(value, type);
    }
}
