using Saas.Provisioning.Hcl.Source;

namespace Saas.Provisioning.Hcl.Syntax;

/// <summary>Tuples, objects, and for expressions that make them.</summary>
internal sealed partial class ExpressionParser
{
    private Expression Tuple(Token open)
    {
        tokens.PushNewlines(matter: false);
        if (tokens.NextIsWord("for"))
        {
            return For(open, TokenKind.CloseBracket);
        }

        var elements = new List<Expression>();
        while (tokens.PeekKind() != TokenKind.CloseBracket)
        {
            elements.Add(Expression());
            if (!tokens.TryRead(TokenKind.Comma))
            {
                break;
            }
        }

        var close = tokens.Read();
        tokens.PopNewlines();
        return close.Kind == TokenKind.CloseBracket
            ? new TupleExpression(tokens.RangeOf(open).To(tokens.RangeOf(close)), elements).Over([.. elements])
            : throw (close.Kind == TokenKind.EndOfFile
                ? tokens.Error(open, "Unterminated tuple constructor expression", "The file ends before the closing bracket.")
                : tokens.Error(close, "Missing item separator", "A comma is expected here, or the closing bracket."));
    }

    private Expression Object(Token open)
    {
        tokens.PushNewlines(matter: false);
        if (tokens.NextIsWord("for"))
        {
            return For(open, TokenKind.CloseBrace);
        }

        tokens.PopNewlines();
        tokens.PushNewlines(matter: true);
        var items = new List<ObjectItem>();
        while (true)
        {
            if (tokens.TryRead(TokenKind.Newline))
            {
                continue;
            }

            if (tokens.PeekKind() == TokenKind.CloseBrace)
            {
                break;
            }

            items.Add(Item(open));
            if (!tokens.TryRead(TokenKind.Comma) && !tokens.TryRead(TokenKind.Newline))
            {
                break;
            }
        }

        var close = tokens.Read();
        tokens.PopNewlines();
        return close.Kind == TokenKind.CloseBrace
            ? new ObjectExpression(tokens.RangeOf(open).To(tokens.RangeOf(close)), items).Over([.. items.Select(item => item.Key), .. items.Select(item => item.Value)])
            : throw Unclosed(open, close, "Missing attribute separator", "A line end or a comma is expected here, or the closing brace.");
    }

    private ObjectItem Item(Token open)
    {
        var key = Expression();
        if (!tokens.TryRead(TokenKind.Equal) && !tokens.TryRead(TokenKind.Colon))
        {
            throw Unclosed(
                open, tokens.Peek(), "Missing key/value separator", "An equals sign (\"=\") and a value are expected here. A key with dots or spaces stands in quotes.");
        }

        return new ObjectItem(key, Expression());
    }

    private HclException Unclosed(Token open, Token at, string summary, string detail) => at.Kind == TokenKind.EndOfFile
        ? tokens.Error(open, "Unterminated object constructor expression", "The file ends before the closing brace.")
        : tokens.Error(at, summary, detail);

    /// <summary>From the word <c>for</c> to the closing bracket; line ends are left out already.</summary>
    private Expression For(Token open, TokenKind end)
    {
        tokens.Read(); // for
        var (keyName, valueName) = ForNames("'for' expression");
        var collection = Expression();
        Expect(TokenKind.Colon, "After the collection there is a colon.");
        Expression? key = null;
        var value = Expression();
        if (tokens.TryRead(TokenKind.FatArrow))
        {
            (key, value) = (value, Expression());
        }

        var ellipsis = tokens.Peek();
        var groups = tokens.TryRead(TokenKind.Ellipsis);
        Expression? condition = null;
        if (tokens.NextIsWord("if"))
        {
            tokens.Read();
            condition = Expression();
        }

        var close = tokens.Read();
        tokens.PopNewlines();
        if (close.Kind != end)
        {
            throw tokens.Error(close, "Invalid 'for' expression", "The expression should end here.");
        }

        CheckForm(end == TokenKind.CloseBrace, key, value, groups ? ellipsis : null);
        var range = tokens.RangeOf(open).To(tokens.RangeOf(close));
        return new ForExpression(range, keyName, valueName, collection, key, value, condition, groups).Over(collection, key, value, condition);
    }

    private void CheckForm(bool isObject, Expression? key, Expression value, Token? ellipsis)
    {
        if (isObject && key is null)
        {
            throw new HclException(value.Range, "Invalid 'for' expression", "Key expression is required when building an object.");
        }

        if (!isObject && key is not null)
        {
            throw new HclException(key.Range, "Invalid 'for' expression", "Key expression is not valid when building a tuple.");
        }

        if (!isObject && ellipsis is { } grouping)
        {
            throw tokens.Error(grouping, "Invalid 'for' expression", "Only an object groups (...).");
        }
    }

    /// <summary><c>value in</c> or <c>key, value in</c></summary>
    private (string? Key, string Value) ForNames(string where)
    {
        var first = ForName(where);
        var second = tokens.TryRead(TokenKind.Comma) ? ForName(where) : null;
        if (!tokens.NextIsWord("in"))
        {
            throw tokens.Error(tokens.Peek(), $"Invalid {where}", "After the names there is the word in.");
        }

        tokens.Read();
        return second is null ? (null, first) : (first, second);
    }

    private string ForName(string where)
    {
        var name = tokens.Read();
        return name.Kind == TokenKind.Identifier ? tokens.Text(name) : throw tokens.Error(name, $"Invalid {where}", "A name for the elements is expected here.");
    }

    private void Expect(TokenKind kind, string detail)
    {
        if (!tokens.TryRead(kind))
        {
            throw tokens.Error(tokens.Peek(), "Invalid 'for' expression", detail);
        }
    }
}
