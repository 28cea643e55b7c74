using Saas.Provisioning.Hcl.Source;
using Saas.Provisioning.Hcl.Values;

namespace Saas.Provisioning.Hcl.Syntax;

/// <summary>Expressions, by how strongly their operators bind; terms are in the other files of this class.</summary>
internal sealed partial class ExpressionParser(TokenReader tokens)
{
    private int _depth;

    /// <exception cref="HclException">There is none, or it is beyond a limit.</exception>
    public Expression Expression()
    {
        if (++_depth > HclLimits.Nesting)
        {
            throw new HclLimitException(tokens.RangeOf(tokens.Peek()), $"Expressions nest more than {HclLimits.Nesting} deep.");
        }

        var condition = Binary(1);
        var result = tokens.TryRead(TokenKind.Question) ? Conditional(condition) : condition;
        _depth--;
        return result;
    }

    private Expression Conditional(Expression condition)
    {
        var whenTrue = Expression();
        if (!tokens.TryRead(TokenKind.Colon))
        {
            throw tokens.Error(tokens.Peek(), "Missing false expression in conditional", "After a ? and its expression there is a : and the expression for false.");
        }

        var whenFalse = Expression();
        return new ConditionalExpression(condition.Range.To(whenFalse.Range), condition, whenTrue, whenFalse).Over(condition, whenTrue, whenFalse);
    }

    /// <param name="level">Only operators that bind at least as strongly.</param>
    private Expression Binary(int level)
    {
        var left = Operand();
        while (LevelOf(tokens.PeekKind()) is var found && found >= level)
        {
            var symbol = tokens.Read();
            var right = Binary(found + 1);
            left = new BinaryExpression(left.Range.To(right.Range), symbol.Kind, left, right).Over(left, right);
        }

        return left;
    }

    /// <returns>0: not an operator.</returns>
    private static int LevelOf(TokenKind kind) => kind switch
    {
        TokenKind.Or => 1,
        TokenKind.And => 2,
        TokenKind.EqualEqual or TokenKind.NotEqual => 3,
        TokenKind.Less or TokenKind.LessEqual or TokenKind.Greater or TokenKind.GreaterEqual => 4,
        TokenKind.Plus or TokenKind.Minus => 5,
        TokenKind.Star or TokenKind.Slash or TokenKind.Percent => 6,
        _ => 0,
    };

    /// <summary>A term, what is read of it, and signs before it: <c>-a.b</c> is <c>-(a.b)</c>.</summary>
    private Expression Operand()
    {
        var signs = new Stack<Token>();
        while (tokens.PeekKind() is TokenKind.Minus or TokenKind.Bang)
        {
            signs.Push(tokens.Read());
        }

        var operand = Traversals(Term());
        while (signs.TryPop(out var sign))
        {
            operand = new UnaryExpression(tokens.RangeOf(sign).To(operand.Range), sign.Kind, operand).Over(operand);
        }

        return operand;
    }

    private Expression Term()
    {
        var token = tokens.Read();
        switch (token.Kind)
        {
            case TokenKind.Number:
                return new LiteralExpression(tokens.RangeOf(token), Number(token));
            case TokenKind.Identifier:
                return Word(token);
            case TokenKind.OpenParen:
                return Parentheses(token);
            case TokenKind.OpenBracket:
                return Tuple(token);
            case TokenKind.OpenBrace:
                return Object(token);
            case TokenKind.OpenQuote:
                return Template(token, TokenKind.CloseQuote);
            case TokenKind.OpenHeredoc or TokenKind.OpenFlushHeredoc:
                return Template(token, TokenKind.CloseHeredoc);
            case TokenKind.EndOfFile:
                throw tokens.Error(token, "Missing expression", "An expression begins here, but the file ends.");
            default:
                throw tokens.Error(token, "Invalid expression", "No expression begins like this.");
        }
    }

    private HclNumber Number(Token token)
    {
        try
        {
            return HclNumber.Parse(tokens.Span(token)) ?? throw tokens.Error(token, "Invalid number literal", "This is not a number.");
        }
        catch (HclValueException error)
        {
            throw tokens.Error(token, "Invalid number literal", error.Message);
        }
    }

    private Expression Word(Token token)
    {
        var range = tokens.RangeOf(token);
        if (tokens.PeekKind() == TokenKind.OpenParen)
        {
            return Call(token);
        }

        var name = tokens.Text(token);
        return name switch
        {
            "true" => new LiteralExpression(range, HclBool.True),
            "false" => new LiteralExpression(range, HclBool.False),
            "null" => new LiteralExpression(range, HclNull.Any),
            _ => new ReferenceExpression(range, name, range, []),
        };
    }

    private Expression Parentheses(Token open)
    {
        tokens.PushNewlines(matter: false);
        var inner = Expression();
        var close = tokens.Read();
        tokens.PopNewlines();
        return close.Kind == TokenKind.CloseParen
            ? new ParenthesesExpression(tokens.RangeOf(open).To(tokens.RangeOf(close)), inner).Over(inner)
            : throw tokens.Error(close, "Unbalanced parentheses", "A closing parenthesis is expected here.");
    }

    private Expression Call(Token name)
    {
        tokens.Read(); // the parenthesis
        tokens.PushNewlines(matter: false);
        var arguments = new List<Expression>();
        var expandsLast = false;
        while (tokens.PeekKind() != TokenKind.CloseParen)
        {
            arguments.Add(Expression());
            if (tokens.TryRead(TokenKind.Ellipsis))
            {
                expandsLast = true;
                break;
            }

            if (!tokens.TryRead(TokenKind.Comma))
            {
                break;
            }
        }

        var close = tokens.Read();
        tokens.PopNewlines();
        if (close.Kind != TokenKind.CloseParen)
        {
            throw close.Kind == TokenKind.EndOfFile
                ? tokens.Error(name, "Unterminated function call", "The file ends before the closing parenthesis of this call.")
                : expandsLast
                    ? tokens.Error(close, "Missing closing parenthesis", "An argument with ... is the last: a closing parenthesis is expected here.")
                    : tokens.Error(close, "Missing argument separator", "Arguments are separated by commas.");
        }

        var range = tokens.RangeOf(name).To(tokens.RangeOf(close));
        return new CallExpression(range, tokens.Text(name), tokens.RangeOf(name), arguments, expandsLast).Over([.. arguments]);
    }
}
